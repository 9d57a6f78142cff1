import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readFrames } from '../../compat/frames.ts'
import { clear, launch, make } from '../../compat/scripts/scenery.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { get } from './queries.ts'

export function proveCreate(shared: SharedEngine): void {
  let subject: Subject

  beforeAll(async () => {
    subject = shared.subject
  })

  const create = (body: Record<string, unknown>) =>
    subject.api('POST', '/containers/create', { Image: 'busybox', ...body })
  /** Runs a container to its end: its exit code and what it wrote to standard output. */
  const run = async (name: string, body: Record<string, unknown>) => {
    await launch(subject, name, body)
    const { body: end } = await subject.api('POST', `/containers/${name}/wait`)
    const { bytes } = await subject.raw('GET', `/containers/${name}/logs?stdout=1`)
    const output = readFrames(bytes).map((each) => each.slice('stdout: '.length))
    return { code: (end as { StatusCode: number }).StatusCode, output: output.join('') }
  }

  it('T6 the network modes default, bridge and none given are the bridge', async () => {
    for (const [mode, told] of [
      ['default', 'bridge'],
      ['', 'bridge'],
      ['bridge', 'bridge'],
    ] as const) {
      await launch(subject, 'mode', { Cmd: ['sleep', '60'], HostConfig: { NetworkMode: mode } })
      const { HostConfig, NetworkSettings } = await get(subject, '/containers/mode/json')
      expect(HostConfig, mode).toMatchObject({ NetworkMode: told })
      expect(NetworkSettings).toMatchObject({
        Networks: { bridge: { IPAddress: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string } },
      })
      await clear(subject, 'mode')
    }
  })

  it('T7 a folder of the host that is not there is made for Binds, and an error for Mounts', async () => {
    const source = join(subject.facts.folder, 'made/for-binds')
    const seen = (path: string) => existsSync(path) || existsSync(join(process.env['MOBY_PEER_DOCKERD'] ?? '/', path))
    const { code } = await run('binds', {
      Cmd: ['test', '-d', '/data'],
      HostConfig: { NetworkMode: 'none', Binds: [`${source}:/data`] },
    })
    expect([code, seen(source)]).toEqual([0, true])
    const other = join(subject.facts.folder, 'not-made/for-mounts')
    const Mounts = [{ Type: 'bind', Source: other, Target: '/data' }]
    expect(await create({ HostConfig: { Mounts } })).toMatchObject({
      status: 400,
      body: { message: `invalid mount config for type "bind": bind source path does not exist: ${other}` },
    })
    expect(seen(other)).toBe(false)
    const made = [{ Type: 'bind', Source: other, Target: '/data', BindOptions: { CreateMountpoint: true } }]
    expect(
      (await run('mounts', { Cmd: ['test', '-d', '/data'], HostConfig: { NetworkMode: 'none', Mounts: made } })).code,
    ).toBe(0)
    await clear(subject, 'binds', 'mounts')
  })

  it('T8 name, volumes, entrypoint, temporary file systems, limits and annotations are kept and applied', async () => {
    const asked = {
      Volumes: { '/anonymous': {} },
      HostConfig: {
        NanoCpus: 500_000_000,
        Tmpfs: { '/memory': 'size=1048576,mode=1770' },
        Ulimits: [{ Name: 'nofile', Soft: 77, Hard: 88 }],
        Annotations: { 'org.example.note': 'kept' },
        DeviceCgroupRules: ['c 42:* rmw'],
      },
    }
    const script =
      'ulimit -n; ulimit -Hn; stat -c %a /memory; df -k /memory | tail -1 | tr -s " " | cut -d" " -f2; grep -q " /anonymous " /proc/mounts && echo volume'
    const { output } = await run('asked-for', { ...asked, Cmd: ['sh', '-c', script] })
    expect(output).toBe('77\n88\n1770\n1024\nvolume\n')
    const inspected = await get(subject, '/containers/asked-for/json')
    expect(inspected).toMatchObject({
      Name: '/asked-for',
      Config: { Volumes: asked.Volumes },
      HostConfig: asked.HostConfig,
    })
    expect(inspected['Mounts']).toMatchObject([{ Type: 'volume', Destination: '/anonymous', RW: true }])
    await clear(subject, 'asked-for')
  })

  it('T8 an empty entrypoint takes that of the image away, and none leaves it', async () => {
    await subject.loadBusybox('entry:latest')
    await make(subject, 'base', { Image: 'busybox' })
    await subject.api('POST', '/commit?container=base&repo=entry', { Entrypoint: ['echo', 'of the image'] })
    const outputs: Record<string, unknown> = {}
    for (const [name, Entrypoint] of [
      ['null', null],
      ['none', undefined],
      ['empty', []],
    ] as const) {
      const { output } = await run('entry', { Image: 'entry', Entrypoint, Cmd: ['echo', 'given'] })
      outputs[name] = output
      await clear(subject, 'entry')
    }
    expect(outputs).toEqual({ null: 'of the image echo given\n', none: 'of the image echo given\n', empty: 'given\n' })
    await clear(subject, 'base')
  })

  it('T8 a MAC address given for the container is that of its interface', async () => {
    const MacAddress = '02:42:ac:11:00:77'
    const { output } = await run('mac', {
      Cmd: ['cat', '/sys/class/net/eth0/address'],
      NetworkingConfig: { EndpointsConfig: { bridge: { MacAddress } } },
    })
    expect(output).toBe(`${MacAddress}\n`)
    await clear(subject, 'mac')
  })

  it('T8 what cannot be done is refused, and nothing of it is left', async () => {
    const all = async () => ((await subject.api('GET', '/containers/json?all=1')).body as unknown[]).length
    const before = await all()
    const attempts = {
      'a size of the writable layer': { StorageOpt: { size: '1G' } },
      'a device of CDI': { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['vendor.example/none=0'] }] },
    }
    for (const [name, HostConfig] of Object.entries(attempts)) {
      const made = await create({ Cmd: ['true'], HostConfig: { NetworkMode: 'none', ...HostConfig } })
      const { Id } = made.body as { Id?: string }
      const answer = Id === undefined ? made : await subject.api('POST', `/containers/${Id}/start`)
      expect(answer.status, name).toBeGreaterThanOrEqual(400)
      expect((answer.body as { message: string }).message).toMatch(/storage.opt|CDI|DeviceRequests/i)
      if (Id !== undefined) await clear(subject, Id)
    }
    expect(await all()).toBe(before)
  })

  it('T9 a slash at the end of a mount is no other place', async () => {
    const { code } = await run('slash', {
      Cmd: ['sh', '-c', 'grep -q " /data " /proc/mounts && grep -q " /more " /proc/mounts'],
      Volumes: { '/data/': {}, '/more/': {} },
      HostConfig: { NetworkMode: 'none', Binds: ['one:/data', 'two:/more/'] },
    })
    expect(code).toBe(0)
    const { Mounts } = await get(subject, '/containers/slash/json')
    expect(
      (Mounts as { Name: string; Destination: string }[]).map((each) => `${each.Name} ${each.Destination}`).toSorted(),
    ).toEqual(['one /data', 'two /more'])
    expect(await create({ HostConfig: { Binds: ['one:/data', 'two:/data/'] } })).toMatchObject({
      status: 400,
      body: { message: 'Duplicate mount point: /data' },
    })
    await clear(subject, 'slash')
  })
}
