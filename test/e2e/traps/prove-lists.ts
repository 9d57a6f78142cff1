import { beforeAll, expect, it } from 'vitest'
import { launch, make, sleeper } from '../../compat/scripts/scenery.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { filters, get } from './queries.ts'

const nanoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/
const imageId = /^sha256:[0-9a-f]{64}$/

export function proveLists(shared: SharedEngine): void {
  let subject: Subject

  beforeAll(async () => {
    subject = shared.subject
    await launch(subject, 'running', { Cmd: sleeper, Labels: { a: '1', b: '1' } })
    await make(subject, 'made', { Labels: { a: '1' } })
    await launch(subject, 'done', { Cmd: ['sh', '-c', 'exit 3'] })
    await subject.api('POST', '/containers/done/wait')
  })

  const list = async (query: string) =>
    (await subject.api('GET', `/containers/json?${query}`)).body as Record<string, unknown>[]
  const names = async (query: string) => (await list(query)).map(({ Names }) => (Names as string[])[0]).toSorted()

  it('T1 empty lists are [] and empty maps are {}, never null', async () => {
    const none = filters({ label: { none: true } })
    for (const path of ['/containers/json', '/images/json', '/networks']) {
      expect((await subject.api('GET', `${path}?${none}`)).body, path).toEqual([])
    }
    expect((await subject.api('GET', `/volumes?${none}`)).body).toMatchObject({ Volumes: [] })
    await subject.api('POST', '/networks/create', { Name: 'plain' })
    expect(await get(subject, '/networks/plain')).toMatchObject({ Options: {}, Labels: {}, Containers: {} })
    await subject.api('DELETE', '/networks/plain')
    expect(await get(subject, '/containers/done/json')).toMatchObject({
      Mounts: [],
      Config: { Labels: {} },
      NetworkSettings: { Ports: {}, Networks: { bridge: {} } },
    })
    expect((await list(`all=1&${filters({ name: ['done'] })}`))[0]).toMatchObject({
      Ports: [],
      Labels: {},
      Mounts: [],
      NetworkSettings: { Networks: { bridge: {} } },
    })
  })

  it('T2 a running container tells its networks, the default one and one of a user', async () => {
    await subject.api('POST', '/networks/create', { Name: 'second' })
    await subject.api('POST', '/networks/second/connect', { Container: 'running' })
    const { NetworkSettings } = await get(subject, '/containers/running/json')
    const { Networks } = NetworkSettings as { Networks: Record<string, Record<string, unknown>> }
    expect(Object.keys(Networks).toSorted()).toEqual(['bridge', 'second'])
    for (const name of ['bridge', 'second']) {
      expect(Networks[name]).toMatchObject({
        NetworkID: (await get(subject, `/networks/${name}`))['Id'],
        EndpointID: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        IPAddress: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string,
        Gateway: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string,
      })
    }
    expect((await list(filters({ name: ['running'] })))[0]).toMatchObject({
      NetworkSettings: { Networks: { bridge: {}, second: {} } },
    })
    await subject.api('POST', '/networks/second/disconnect', { Container: 'running' })
    await subject.api('DELETE', '/networks/second')
  })

  it('T3 times are RFC 3339 with fractions in inspections, and seconds in lists', async () => {
    const { Created, State } = await get(subject, '/containers/done/json')
    expect(Created).toMatch(nanoTime)
    expect(State).toMatchObject({
      StartedAt: expect.stringMatching(nanoTime) as string,
      FinishedAt: expect.stringMatching(nanoTime) as string,
    })
    expect((await get(subject, '/containers/made/json'))['State']).toMatchObject({
      StartedAt: '0001-01-01T00:00:00Z',
      FinishedAt: '0001-01-01T00:00:00Z',
    })
    expect((await get(subject, '/networks/bridge'))['Created']).toMatch(nanoTime)
    const [row] = await list(`all=1&${filters({ name: ['done'] })}`)
    expect(row?.['Created']).toBe(Math.floor(Date.parse(Created as string) / 1000))
  })

  it('T4 ids of images have their algorithm in lists, inspections, histories and containers', async () => {
    const { Id } = await get(subject, '/images/busybox/json')
    expect(Id).toMatch(imageId)
    expect(await get(subject, '/images/json')).toMatchObject([{ Id }])
    expect(await get(subject, '/images/busybox/history')).toMatchObject([{ Id }])
    expect(await get(subject, '/containers/made/json')).toMatchObject({ Image: Id, Config: { Image: 'busybox' } })
    expect((await list(filters({ name: ['running'] })))[0]).toMatchObject({ ImageID: Id, Image: 'busybox' })
    for (const name of [String(Id), String(Id).slice(7), String(Id).slice(7, 19)]) {
      expect((await get(subject, `/images/${name}/json`))['Id']).toBe(Id)
    }
  })

  it('T5 states have the words of Docker', async () => {
    const word = async (name: string) => {
      const [row] = await list(`all=1&${filters({ name: [name] })}`)
      const { State } = await get(subject, `/containers/${name}/json`)
      expect((State as { Status: string }).Status).toBe(row?.['State'])
      return [row?.['State'], row?.['Status']]
    }
    expect(await word('made')).toEqual(['created', 'Created'])
    expect(await word('done')).toEqual(['exited', expect.stringMatching(/^Exited \(3\) .* ago$/)])
    expect(await word('running')).toEqual(['running', expect.stringMatching(/^Up /)])
    await subject.api('POST', '/containers/running/pause')
    expect(await word('running')).toEqual(['paused', expect.stringMatching(/^Up .* \(Paused\)$/)])
    await subject.api('POST', '/containers/running/unpause')
  })

  it('T19 a limit of 0 is no limit', async () => {
    expect(await names('limit=0')).toEqual(['/running'])
    expect(await names('all=1&limit=0')).toEqual(['/done', '/made', '/running'])
    expect(await names('limit=1')).toEqual(['/done'])
  })

  it('T20 filters of one name are alternatives unless they are labels, in both spellings, and unknown ones are refused', async () => {
    expect(await names(filters({ label: { 'a=1': true, 'b=1': true } }))).toEqual(['/running'])
    expect(await names(`all=1&${filters({ label: ['a=1'] })}`)).toEqual(['/made', '/running'])
    expect(await names(`all=1&${filters({ label: ['a=1', 'b=1'] })}`)).toEqual(['/running'])
    expect(await names(filters({ name: { done: true, made: true }, status: { created: true, exited: true } }))).toEqual(
      ['/done', '/made'],
    )
    expect(await names(filters({ name: ['made'], status: ['exited'] }))).toEqual([])
    for (const path of ['/containers/json', '/images/json', '/networks', '/volumes']) {
      expect(await subject.api('GET', `${path}?${filters({ nope: ['x'] })}`), path).toMatchObject({
        status: 400,
        body: { message: "invalid filter 'nope'" },
      })
    }
    for (const kind of ['containers', 'images', 'networks', 'volumes']) {
      const pruned = await subject.api('POST', `/${kind}/prune?${filters({ nope: ['x'] })}`)
      expect(pruned, kind).toMatchObject({ status: 400, body: { message: "invalid filter 'nope'" } })
    }
    expect((await subject.api('GET', `/containers/json?${filters({ status: ['stopped'] })}`)).status).toBe(400)
    expect((await subject.api('GET', '/containers/json?filters=nope')).status).toBe(400)
  })
}
