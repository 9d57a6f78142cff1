import { beforeAll, expect, it } from 'vitest'
import { clear, make } from '../../compat/scripts/scenery.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { filters, get } from './queries.ts'

export function proveNetworks(shared: SharedEngine): void {
  let subject: Subject

  beforeAll(async () => {
    subject = shared.subject
  })

  const network = (body: Record<string, unknown>) => subject.api('POST', '/networks/create', body)

  it('T21 a volume that is there is created again with 201 and as it was; one without a name gets one', async () => {
    const body = { Name: 'twice', Labels: { first: 'yes' } }
    const first = await subject.api('POST', '/volumes/create', body)
    expect(first).toMatchObject({ status: 201, body: { Name: 'twice', Labels: { first: 'yes' } } })
    const again = await subject.api('POST', '/volumes/create', { Name: 'twice', Labels: { second: 'yes' } })
    expect(again).toEqual(first)
    for (const unnamed of [{}, { Name: '' }]) {
      expect(await subject.api('POST', '/volumes/create', unnamed)).toMatchObject({
        status: 201,
        body: {
          Name: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          Labels: { 'com.docker.volume.anonymous': '' },
        },
      })
    }
    await subject.api('DELETE', '/volumes/twice')
    expect((await subject.api('POST', '/volumes/prune')).body).toMatchObject({
      VolumesDeleted: [expect.any(String), expect.any(String)],
    })
  })

  it('T22 a network of a name that is taken is refused with 409', async () => {
    expect((await network({ Name: 'taken' })).status).toBe(201)
    expect(await network({ Name: 'taken' })).toMatchObject({
      status: 409,
      body: { message: 'network with name taken already exists' },
    })
    expect(await network({ Name: 'bridge' })).toMatchObject({ status: 403 })
    await subject.api('DELETE', '/networks/taken')
  })

  it('T22 a container is connected to a network once', async () => {
    await network({ Name: 'once' })
    await make(subject, 'member', { Cmd: ['sleep', '60'] })
    await subject.api('POST', '/containers/member/start')
    const connect = () => subject.api('POST', '/networks/once/connect', { Container: 'member' })
    expect((await connect()).status).toBe(200)
    const again = await connect()
    // dockerd says 403, this engine 409 as for every other conflict.
    expect([403, 409]).toContain(again.status)
    expect(again.body).toEqual({ message: 'endpoint with name member already exists in network once' })
    const { Containers } = await get(subject, '/networks/once')
    expect(Object.values(Containers as object)).toMatchObject([{ Name: 'member' }])
    await clear(subject, 'member')
    expect((await subject.api('DELETE', '/networks/once')).status).toBe(204)
  })

  it('T22 a network takes an MTU, a parent is asked of a driver that has one, and no address plan is a default one', async () => {
    const options = { 'com.docker.network.driver.mtu': '1380' }
    expect((await network({ Name: 'narrow', Options: options, IPAM: null })).status).toBe(201)
    const { IPAM, Options } = await get(subject, '/networks/narrow')
    expect(Options).toEqual(options)
    expect(IPAM).toMatchObject({ Driver: 'default', Config: [{ Subnet: expect.any(String) as string }] })
    await make(subject, 'inside', { Cmd: ['cat', '/sys/class/net/eth0/mtu'], HostConfig: { NetworkMode: 'narrow' } })
    await subject.api('POST', '/containers/inside/start')
    await subject.api('POST', '/containers/inside/wait')
    const logs = await subject.raw('GET', '/containers/inside/logs?stdout=1')
    expect(logs.bytes.subarray(8).toString()).toBe('1380\n')
    await clear(subject, 'inside')
    await subject.api('DELETE', '/networks/narrow')
    const parent = await network({ Name: 'vlan', Driver: 'macvlan', Options: { parent: 'no-such-link' } })
    expect(parent.status).toBeGreaterThanOrEqual(400)
    expect((await subject.api('GET', '/networks/vlan')).status).toBe(404)
  })

  it('T23 a network has the options and labels that it was made with and no others', async () => {
    const asked = {
      Name: 'app_default',
      Driver: 'bridge',
      Options: { 'com.docker.network.bridge.enable_icc': 'true' },
      Labels: { 'com.docker.compose.network': 'default', 'com.docker.compose.project': 'app' },
    }
    await network(asked)
    expect(await get(subject, '/networks/app_default')).toMatchObject({ Internal: false, EnableIPv6: false })
    const { Options } = await get(subject, '/networks/app_default')
    expect(Options).toEqual(asked.Options)
    const [row] = (await subject.api('GET', `/networks?${filters({ name: ['app_default'] })}`)).body as [
      Record<string, unknown>,
    ]
    expect(row['Options']).toEqual(asked.Options)
    await subject.api('DELETE', '/networks/app_default')
  })

  it('T24 labels of a network are told in lists and inspections, and found by filters', async () => {
    const Labels = { 'com.docker.compose.network': 'back', 'com.docker.compose.project': 'app' }
    await network({ Name: 'app_back', Labels })
    expect((await get(subject, '/networks/app_back'))['Labels']).toEqual(Labels)
    for (const filter of [{ label: ['com.docker.compose.project=app'] }, { label: ['com.docker.compose.network'] }]) {
      const { body } = await subject.api('GET', `/networks?${filters(filter)}`)
      expect(body).toMatchObject([{ Name: 'app_back', Labels }])
    }
    await subject.api('DELETE', '/networks/app_back')
  })
}
