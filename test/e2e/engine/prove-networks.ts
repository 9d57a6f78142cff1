import { createConnection } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { collect, noInput, run, type BootedEngine } from './boot-engine.ts'
import type { TestEngine } from './test-engine.ts'

export function proveNetworks(host: TestEngine): void {
  let booted: BootedEngine

  beforeAll(() => {
    booted = host.booted
  })

  afterEach(async () => {
    const { containers, networks } = booted.engine
    for (const { id } of (await containers.list({ all: true })).containers)
      await containers.remove({ ref: id, force: true })
    for (const { id, predefined } of (await networks.list({})).networks)
      if (!predefined) await networks.remove({ ref: id })
  })

  async function start(name: string, spec: Parameters<typeof run>[2], command = ['sleep', '100']): Promise<string> {
    const { id } = await booted.engine.containers.create({ name, spec: { image: 'busybox', command, ...spec } })
    await booted.engine.containers.start({ ref: id })
    return id
  }

  async function inside(ref: string, line: string): Promise<string> {
    const { id } = await booted.engine.exec.create({
      ref,
      spec: { command: ['sh', '-c', line], attachStdout: true, attachStderr: true },
    })
    const { stdout, stderr } = await collect(booted.engine.exec.start({ id }, noInput()))
    return `${stdout}${stderr}`.trim()
  }

  function answer(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host, port, timeout: 3000 })
      let text = ''
      socket.on('data', (data) => (text += data.toString()))
      socket.on('end', () => resolve(text.trim()))
      socket.on('error', reject)
      socket.on('timeout', () => socket.destroy(new Error('timeout')))
    })
  }

  test('the predefined networks are there and cannot be removed or made again', async () => {
    const { networks } = booted.engine
    const names = (await networks.list({})).networks.map(({ name }) => name).sort()
    expect(names).toEqual(['bridge', 'host', 'none'])
    await expect(networks.remove({ ref: 'bridge' })).rejects.toThrow(
      'bridge is a pre-defined network and cannot be removed',
    )
    await expect(networks.create({ spec: { name: 'host' } })).rejects.toMatchObject({
      code: 'NETWORK_PREDEFINED',
      kind: 'denied',
    })
    await expect(networks.create({ spec: { name: 'more', driver: 'host' } })).rejects.toMatchObject({ kind: 'denied' })
  })

  test('a published port answers on localhost and on the address of the container', async () => {
    const server = ['sh', '-c', 'while true; do echo hi | nc -l -p 80; done']
    await start('web', { ports: [{ protocol: 'tcp', containerPort: 80 }] }, server)
    const { ports, networks } = await booted.engine.containers.inspect({ ref: 'web' })
    const { hostPort = 0 } = ports[0] ?? {}
    await expect.poll(() => answer('127.0.0.1', hostPort).catch(String)).toBe('hi')
    await expect.poll(() => answer(networks[0]?.address.split('/')[0] ?? '', 80).catch(String)).toBe('hi')
  })

  test('a port that is taken is refused, and nothing is left of the attempt', async () => {
    await start('first', { ports: [{ protocol: 'tcp', containerPort: 80 }] })
    const { ports } = await booted.engine.containers.inspect({ ref: 'first' })
    const taken = ports[0]?.hostPort ?? 0
    await expect(
      start('second', { ports: [{ protocol: 'tcp', containerPort: 80, hostPort: taken }] }),
    ).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    const { state, networks } = await booted.engine.containers.inspect({ ref: 'second' })
    expect(state.status).toBe('created')
    expect(networks[0]?.endpointId).toBe('')
  })

  test('containers on one user network find each other by name, alias and id; others do not reach them', async () => {
    const { networks } = booted.engine
    await networks.create({ spec: { name: 'inner' } })
    const one = await start('one', { networkMode: 'inner', endpoints: [{ network: 'inner', aliases: ['uno'] }] })
    await start('two', { networkMode: 'inner' })
    await start('outside', {})
    for (const name of ['one', 'uno', one.slice(0, 12)]) {
      expect(await inside('two', `ping -c 1 -W 2 ${name} >/dev/null && echo reached`)).toBe('reached')
    }
    const { networks: endpoints } = await booted.engine.containers.inspect({ ref: 'one' })
    const address = endpoints[0]?.address.split('/')[0]
    expect(await inside('outside', `ping -c 1 -W 1 ${address} >/dev/null || echo lost`)).toBe('lost')
    await booted.engine.containers.rename({ ref: 'one', name: 'renamed' })
    expect(await inside('two', 'ping -c 1 -W 2 renamed >/dev/null && echo reached')).toBe('reached')
    await expect(networks.remove({ ref: 'inner' })).rejects.toMatchObject({ code: 'NETWORK_IN_USE', kind: 'denied' })
    await expect(networks.create({ spec: { name: 'inner' } })).rejects.toThrow('network with name inner already exists')
  })

  test('a running container is connected and disconnected', async () => {
    const { networks } = booted.engine
    await networks.create({ spec: { name: 'later', ipam: [{ subnet: '10.213.0.0/24' }] } })
    await start('box', { networkMode: 'bridge' })
    await networks.connect({
      ref: 'later',
      container: 'box',
      endpoint: { network: 'later', ipv4Address: '10.213.0.77' },
    })
    expect(await inside('box', 'ip -4 addr show eth1 | grep inet')).toContain('10.213.0.77/24')
    await expect(
      networks.connect({ ref: 'later', container: 'box', endpoint: { network: 'later' } }),
    ).rejects.toMatchObject({ code: 'ENDPOINT_EXISTS' })
    await networks.disconnect({ ref: 'bridge', container: 'box' })
    expect(await inside('box', 'ip route')).toContain('default via 10.213.0.1')
    await networks.disconnect({ ref: 'later', container: 'box' })
    expect((await networks.inspect({ ref: 'later' })).containers).toEqual([])
    await expect(networks.disconnect({ ref: 'later', container: 'box' })).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
    })
  })

  test('a container shares the network of another, or of the host', async () => {
    await start('owner', {})
    const shared = await run(booted, ['sh', '-c', 'ip -4 addr show eth0 | grep -c inet; cat /etc/hostname'], {
      networkMode: 'container:owner',
    })
    const { id } = await booted.engine.containers.inspect({ ref: 'owner' })
    expect(shared.stdout).toBe(`1\n${id.slice(0, 12)}\n`)
    const host = await run(booted, ['cat', '/proc/net/dev'], { networkMode: 'host' })
    expect(host.stdout.split('\n').length).toBeGreaterThan(4)
  })

  test('resolver and hosts file are as asked', async () => {
    const { stdout } = await run(booted, ['cat', '/etc/resolv.conf', '/etc/hosts'], {
      dns: ['192.0.2.53'],
      dnsSearch: ['example.org'],
      extraHosts: ['up:host-gateway', 'six:[2001:db8::1]'],
    })
    expect(stdout).toContain('nameserver 192.0.2.53\nsearch example.org\n')
    expect(stdout).toMatch(/(\d+\.){3}1\tup\n/)
    expect(stdout).toContain('2001:db8::1\tsix\n')
  })
}
