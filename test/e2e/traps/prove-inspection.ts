import { beforeAll, expect, it } from 'vitest'
import { readFrames } from '../../compat/frames.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, bytesOf, launch, loadImage, type Ask } from './ask.ts'

const address = /^\d+\.\d+\.\d+\.\d+$/

export function proveInspection(shared: SharedEngine): void {
  let engine: EngineProcess
  let ask: Ask

  beforeAll(async () => {
    engine = shared.engine
    ask = asker(engine)
  })

  const remove = async (...names: string[]) => {
    for (const name of names) expect((await ask('DELETE', `/containers/${name}?force=1`)).status).toBe(204)
  }
  const inspect = async (name: string) => (await ask('GET', `/containers/${name}/json`)).body
  const health = async (name: string) =>
    (await inspect(name))['State'] as { Health?: { Status: string; Log: object[] } }

  it('T31 health is told from the start, an interval of 0 is the default, and NONE has no health', async () => {
    const Healthcheck = { Test: ['CMD', 'true'], Interval: 50_000_000 }
    expect(await loadImage(engine, 'probed:1', { Healthcheck })).toMatchObject({ status: 200 })
    await launch(ask, 'probed', { Image: 'probed:1' })
    await launch(ask, 'unprobed', { Image: 'probed:1', Healthcheck: { Test: ['NONE'] } })
    await launch(ask, 'slow', { Healthcheck: { Test: ['CMD', 'true'], Interval: 0 } })
    expect((await health('slow')).Health).toEqual({ Status: 'starting', FailingStreak: 0, Log: [] })
    expect((await inspect('slow'))['Config']).toMatchObject({ Healthcheck: { Test: ['CMD', 'true'] } })
    await expect.poll(async () => (await health('probed')).Health?.Status).toBe('healthy')
    expect((await health('probed')).Health?.Log[0]).toMatchObject({ ExitCode: 0, Output: '' })
    expect(Object.keys(await health('unprobed'))).not.toContain('Health')
    const filters = encodeURIComponent('{"health":["none"]}')
    expect((await ask('GET', `/containers/json?filters=${filters}`)).body.map(({ Names }) => Names)).toEqual([
      ['/unprobed'],
    ])
    await remove('probed', 'unprobed', 'slow')
  })

  it('T32 stats name the container, its CPUs, its limit and each of its interfaces', async () => {
    await launch(ask, 'measured', { HostConfig: { Memory: 64 << 20, PidsLimit: 20 } })
    const { Id } = await inspect('measured')
    const read = async () => (await ask('GET', '/containers/measured/stats?stream=0')).body
    // Right after the start its process may still be the runtime, which has threads.
    await expect.poll(read).toMatchObject({ pids_stats: { current: 1 } })
    const body = await read()
    expect(body).toMatchObject({
      id: Id,
      name: '/measured',
      pids_stats: { current: 1, limit: 20 },
      memory_stats: { limit: 64 << 20, usage: expect.any(Number) as number },
      networks: { eth0: { rx_bytes: expect.any(Number) as number, tx_bytes: expect.any(Number) as number } },
    })
    expect(Object.keys(body)).not.toContain('Id')
    for (const key of ['cpu_stats', 'precpu_stats']) {
      expect((body[key] as { online_cpus: number }).online_cpus).toBeGreaterThan(0)
    }
    await remove('measured')
  })

  it('T33 top splits each line into as many words as there are titles', async () => {
    await launch(ask, 'busy', { Cmd: ['sh', '-c', 'sleep 601; true'] })
    const top = async () => (await ask('GET', '/containers/busy/top')).body
    expect((await top())['Titles']).toEqual(['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'])
    // Between its fork and its exec the second process has the words of the first.
    await expect
      .poll(async () => ((await top())['Processes'] as string[][]).map((row) => [row.length, row.at(-1)]))
      .toEqual([
        [8, 'sh -c sleep 601; true'],
        [8, 'sleep 601'],
      ])
    const chosen = await ask('GET', '/containers/busy/top?ps_args=-o%20pid,args')
    expect(chosen.body['Titles']).toEqual(['PID', 'COMMAND'])
    await remove('busy')
  })

  it('T41 what was not asked for is null, and what was is its number', async () => {
    await ask('POST', '/containers/create?name=bare', { Image: 'busybox' })
    expect((await inspect('bare'))['HostConfig']).toMatchObject({
      MemorySwappiness: null,
      PidsLimit: null,
      Memory: 0,
      CpuShares: 0,
    })
    const HostConfig = { PidsLimit: 5, Memory: 32 << 20, CpuShares: 512 }
    await ask('POST', '/containers/create?name=limited', { Image: 'busybox', HostConfig })
    expect((await inspect('limited'))['HostConfig']).toMatchObject(HostConfig)
    await remove('bare', 'limited')
  })

  it('T42 every published port is in the list and the inspection, with the address that it listens on', async () => {
    const PortBindings = { '80/tcp': [{ HostPort: '' }], '81/udp': [{ HostIp: '127.0.0.1', HostPort: '' }] }
    const ExposedPorts = { '80/tcp': {}, '81/udp': {}, '82/tcp': {} }
    await launch(ask, 'web', { ExposedPorts, HostConfig: { PortBindings } })
    const told = await inspect('web')
    expect(told['HostConfig']).toMatchObject({
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }], '81/udp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    })
    const { Ports } = told['NetworkSettings'] as {
      Ports: Record<string, { HostIp: string; HostPort: string }[] | null>
    }
    expect(Ports['82/tcp']).toBeNull()
    const everywhere = Ports['80/tcp']?.find(({ HostIp }) => HostIp === '0.0.0.0')
    const loopback = Ports['81/udp']?.[0]
    expect(loopback?.HostIp).toBe('127.0.0.1')
    const filters = encodeURIComponent('{"name":["web"]}')
    const [row] = (await ask('GET', `/containers/json?filters=${filters}`)).body
    expect(row?.['Ports']).toEqual(
      expect.arrayContaining([
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: Number(everywhere?.HostPort), Type: 'tcp' },
        { IP: '127.0.0.1', PrivatePort: 81, PublicPort: Number(loopback?.HostPort), Type: 'udp' },
        { PrivatePort: 82, Type: 'tcp' },
      ]),
    )
    await remove('web')
  })

  it("T43 the hosts file of a container is its own: the usual names and its own, not the host's", async () => {
    await launch(ask, 'named', {
      Hostname: 'own',
      Cmd: ['cat', '/etc/hosts'],
      HostConfig: { ExtraHosts: ['extra:10.1.2.3'] },
    })
    await ask('POST', '/containers/named/wait')
    const frames = readFrames(await bytesOf(engine, '/containers/named/logs?stdout=1'))
    const lines = frames
      .map((each) => each.slice('stdout: '.length))
      .join('')
      .split('\n')
      .map((line) => line.split(/\s+/))
    const names = lines.flatMap((words) => words.slice(1)).filter((word) => word !== '')
    expect(names.toSorted()).toEqual(
      [
        'localhost',
        'localhost',
        'ip6-localhost',
        'ip6-loopback',
        'ip6-localnet',
        'ip6-mcastprefix',
        'ip6-allnodes',
        'ip6-allrouters',
        'extra',
        'own',
      ].toSorted(),
    )
    await remove('named')
  })

  it('T48 networks and containers are listed while containers come and go', async () => {
    await ask('POST', '/networks/create', { Name: 'shared' })
    const spec = { HostConfig: { NetworkMode: 'shared' } }
    await Promise.all([launch(ask, 'first', spec), launch(ask, 'second', spec)])
    const before = (await inspect('first'))['NetworkSettings']
    expect(before).toMatchObject({ Networks: { shared: { IPAddress: expect.stringMatching(address) as string } } })
    const removal = { over: false }
    const going = remove('first', 'second').finally(() => (removal.over = true))
    const seen = new Set<string>()
    do {
      for (const path of ['/networks', '/networks/shared', '/containers/json?all=1']) {
        const { status, body } = await ask('GET', path)
        seen.add(`${path} ${status} ${typeof body}`)
      }
    } while (!removal.over)
    await going
    expect([...seen]).toEqual(
      ['/networks', '/networks/shared', '/containers/json?all=1'].map((path) => `${path} 200 object`),
    )
    expect((await ask('GET', '/networks/shared')).body['Containers']).toEqual({})
    expect((await ask('DELETE', '/networks/shared')).status).toBe(204)
  })
}
