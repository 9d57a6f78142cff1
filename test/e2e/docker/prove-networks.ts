import { randomBytes } from 'node:crypto'
import { readlink } from 'node:fs/promises'
import { RouteSocket } from '@moby/lib-linux'
import { beforeAll, expect, it } from 'vitest'
import type { EngineProcess } from '../engine-process.ts'
import { instanceId } from '../footprint.ts'
import { freePort } from '../free-port.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'

const server = ['busybox', 'sh', '-c', 'mkdir -p /www && echo served > /www/index.html && exec httpd -f -p 80 -h /www']

const idle = ['busybox', 'sleep', '600']

export function proveNetworks(shared: SharedEngine): void {
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)

  beforeAll(async () => {
    engine = shared.engine
  })

  it('publishes a port on localhost and leaves it reachable on the bridge address', async () => {
    const port = await freePort()
    await docker('run', '-d', '--name', 'web', '-p', `${port}:80`, ...server)
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'web')).stdout
    const gateway = (await docker('inspect', '-f', '{{.NetworkSettings.Gateway}}', 'web')).stdout
    const here = [`http://127.0.0.1:${port}/`, `http://[::1]:${port}/`]
    for (const url of [...here, `http://${gateway}:${port}/`, `http://${address}/`]) {
      await until(async () => (await fetchText(url)) === 'served\n')
    }
    expect((await docker('port', 'web')).stdout).toBe(`80/tcp -> 0.0.0.0:${port}\n80/tcp -> [::]:${port}`)
    const second = await docker('run', '--rm', '-p', `${port}:80`, 'busybox', 'true')
    expect(second.exitCode).toBe(125)
    expect(second.stderr).toContain('port is already allocated')
    await docker('rm', '-f', 'web')
    for (const url of here) expect(await fetchText(url)).toBeUndefined()
  })

  it('lets containers of one network find each other by name, and keeps others out', async () => {
    await docker('network', 'create', 'together')
    await docker('run', '-d', '--name', 'alpha', '--network', 'together', '--network-alias', 'first', ...server)
    // The wget of a static busybox cannot look names up when it has a timeout of its own.
    const fetchInside = (network: string, host: string) =>
      docker('run', '--rm', '--network', network, 'busybox', 'sh', '-c', `timeout 5 wget -qO- http://${host}/; exit $?`)
    for (const name of ['alpha', 'first']) {
      await until(async () => (await fetchInside('together', name)).stdout === 'served')
    }
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.Networks.together.IPAddress}}', 'alpha')).stdout
    for (const host of ['alpha', address]) {
      expect((await fetchInside('bridge', host)).exitCode).not.toBe(0)
    }
    expect((await docker('network', 'rm', 'together')).exitCode).toBe(1)
    await docker('rm', '-f', 'alpha')
    expect((await docker('network', 'rm', 'together')).exitCode).toBe(0)
    // The host has no address on this one.
    const isolated = ['--internal', '-o', 'com.docker.network.bridge.gateway_mode_ipv4=isolated']
    await docker('network', 'create', ...isolated, 'apart')
    await docker('run', '-d', '--name', 'beta', '--network', 'apart', ...idle)
    expect((await docker('run', '--rm', '--network', 'apart', 'busybox', 'nslookup', '-type=a', 'beta')).exitCode).toBe(
      0,
    )
    await docker('rm', '-f', 'beta')
    expect((await docker('network', 'rm', 'apart')).exitCode).toBe(0)
  })

  it('gives no network where none is asked for, and the host where that is', async () => {
    expect(
      (await docker('run', '--rm', '--network', 'none', 'busybox', 'ls', '/sys/class/net')).stdout.split(/\s+/),
    ).toEqual(['lo'])
    // Not the list of links: whatever else runs on the host adds to it and takes away at any time.
    const inside = ['run', '--rm', '--network', 'host', 'busybox']
    expect((await docker(...inside, 'readlink', '/proc/self/ns/net')).stdout).toBe(await readlink('/proc/self/ns/net'))
    expect((await docker(...inside, 'ls', '/sys/class/net')).stdout.split(/\s+/)).toEqual(
      expect.arrayContaining(['lo', `moby-${await instanceId(engine.dataRoot)}`]),
    )
  })

  it('tells a container of those that it links to, and answers the link on networks with names', async () => {
    const data = ['run', '-d', '--name', 'data', '-e', 'SIZE=9', '--expose', '80', 'busybox', 'sleep', '600']
    const id = (await docker(...data)).stdout
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'data')).stdout
    await docker('run', '-d', '--name', 'linking', '--link', 'data:db', 'busybox', 'sleep', '600')
    const told = (await docker('exec', 'linking', 'env')).stdout.split('\n')
    expect(told).toEqual(
      expect.arrayContaining([`DB_PORT=tcp://${address}:80`, 'DB_NAME=/linking/db', 'DB_ENV_SIZE=9']),
    )
    expect((await docker('exec', 'linking', 'cat', '/etc/hosts')).stdout).toContain(
      `${address}\tdb ${id.slice(0, 12)} data\n`,
    )
    await docker('rename', 'data', 'store')
    expect((await docker('inspect', '-f', '{{json .HostConfig.Links}}', 'linking')).stdout).toBe(
      '["/store:/linking/db"]',
    )
    await docker('rm', '-f', 'linking')

    await docker('network', 'create', 'linked')
    await docker('network', 'connect', 'linked', 'store')
    const lookUp = (...link: string[]) =>
      docker('run', '--rm', '--network', 'linked', ...link, 'busybox', 'nslookup', 'only-mine')
    await until(async () => (await lookUp('--link', 'store:only-mine')).exitCode === 0)
    expect((await lookUp()).exitCode).not.toBe(0)
    await docker('rm', '-f', 'store')
    expect((await docker('network', 'rm', 'linked')).exitCode).toBe(0)
  })

  it('gives an endpoint settings, addresses of its link, and the way out by priority', async () => {
    for (const name of ['ants', 'bees']) await docker('network', 'create', name)
    const sysctl = 'driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1'
    const look = 'cat /proc/sys/net/ipv4/conf/lan0/log_martians; ip -4 -o addr show lan0'
    const ifname = 'driver-opt=com.docker.network.endpoint.ifname=lan0'
    const network = `name=ants,${sysctl},${ifname},link-local-ip=169.254.9.9`
    const inside = await docker('run', '--rm', '--network', network, 'busybox', 'sh', '-c', look)
    expect(inside.stdout).toMatch(/^1\n/)
    expect(inside.stdout).toContain('inet 169.254.9.9/16')
    await docker('run', '-d', '--name', 'busy', '--network', 'bees', 'busybox', 'sleep', '600')
    const wayOut = async () => (await docker('exec', 'busy', 'ip', 'route')).stdout.split('\n')[0]
    expect(await wayOut()).toMatch(/^default via .* dev eth0/)
    await docker('network', 'connect', 'ants', 'busy')
    expect(await wayOut()).toMatch(/^default via .* dev eth1/)
    await docker('network', 'disconnect', 'bees', 'busy')
    await docker('network', 'connect', '--gw-priority', '7', 'bees', 'busy')
    expect(await wayOut()).toMatch(/^default via .* dev eth0/)
    // Each family goes out by a network of its own, until one has both.
    await docker('network', 'create', '--ipv4=false', '--ipv6', '--subnet', 'fd00:213:1::/64', 'six')
    const pools = ['--subnet', '10.213.6.0/24', '--subnet', 'fd00:213:2::/64']
    await docker('network', 'create', '--ipv6', ...pools, 'whole')
    const look6 = 'ip route | grep ^default; ip -6 route | grep ^default'
    const waysOut = async () =>
      [...(await docker('exec', 'busy', 'sh', '-c', look6)).stdout.matchAll(/default via (\S+)/g)].map(([, via]) => via)
    const bees = (await waysOut())[0]
    await docker('network', 'connect', 'six', 'busy')
    expect(await waysOut()).toEqual([bees, 'fd00:213:1::1'])
    await docker('network', 'connect', 'whole', 'busy')
    expect(await waysOut()).toEqual(['10.213.6.1', 'fd00:213:2::1'])
    await docker('network', 'disconnect', 'whole', 'busy')
    expect(await waysOut()).toEqual([bees, 'fd00:213:1::1'])
    // A port of an address of IPv4 has nobody behind it there.
    const port = await freePort()
    const on6 = ['run', '-d', '--name', 'alone', '--network', 'six', '-p', `127.0.0.1:${port}:80`, '-p', '81']
    expect((await docker(...on6, ...idle)).exitCode).toBe(0)
    expect((await docker('port', 'alone')).stdout).toMatch(/^81\/tcp -> \[::\]:\d+$/)
    await docker('rm', '-f', 'busy', 'alone')
    expect((await docker('network', 'rm', 'ants', 'bees', 'six', 'whole')).exitCode).toBe(0)
  })

  it('puts containers on a link of the host', async () => {
    const parent = `e2e${randomBytes(4).toString('hex')}`
    const host = RouteSocket.open()
    const index = host.createVeth(parent, `${parent}p`, { up: true })
    try {
      // Without its other end up the link has no carrier.
      host.setUp(host.linkByName(`${parent}p`)?.index ?? 0)
      const subnet = ['--subnet', '10.213.8.0/24', '-o', `parent=${parent}`]
      expect((await docker('network', 'create', '-d', 'macvlan', ...subnet, 'beside')).exitCode).toBe(0)
      const on = ['--network', 'beside', '-p', '80', 'busybox']
      expect((await docker('run', '-d', '--name', 'beside-one', ...on, 'sleep', '600')).exitCode).toBe(0)
      expect((await docker('port', 'beside-one')).stdout).toBe('')
      const ping = await docker('run', '--rm', ...on, 'ping', '-c', '1', '-W', '5', '10.213.8.2')
      expect(ping.stdout).toContain(' 0% packet loss')
      // Names go over networks of all drivers, though the host has no address on this one.
      await docker('network', 'create', 'behind')
      await docker('run', '-d', '--name', 'behind-one', '--network', 'behind', '--network-alias', 'db', ...idle)
      await docker('run', '-d', '--name', 'both', '--network', 'behind', ...idle)
      await docker('network', 'connect', 'beside', 'both')
      const lookUp = async (inside: string, name: string) =>
        (await docker('exec', inside, 'nslookup', '-type=a', name)).stdout
      expect(await lookUp('both', 'beside-one.beside')).toContain('Address: 10.213.8.2')
      const address = (await docker('inspect', '-f', '{{.NetworkSettings.Networks.behind.IPAddress}}', 'behind-one'))
        .stdout
      expect(await lookUp('both', 'db')).toContain(`Address: ${address}`)
      expect(await lookUp('beside-one', 'both')).toContain('Address: 10.213.8.')
      expect(await lookUp('beside-one', 'db')).not.toContain(address)
      expect((await docker('exec', 'both', 'nslookup', '10.213.8.2')).stdout).toContain('beside-one.beside')
      expect((await docker('exec', 'both', 'cat', '/etc/resolv.conf')).stdout).toContain('nameserver 127.0.0.11\n')
      await docker('network', 'disconnect', 'behind', 'both')
      expect(await lookUp('both', 'db')).not.toContain(address)
      await docker('rm', '-f', 'behind-one', 'both', 'beside-one')
      expect((await docker('network', 'rm', 'behind')).exitCode).toBe(0)
      expect((await docker('network', 'rm', 'beside')).exitCode).toBe(0)
      const routing = await docker('network', 'create', '-d', 'ipvlan', ...subnet, 'routing')
      if (host.hasKind('ipvlan')) expect((await docker('network', 'rm', 'routing')).exitCode).toBe(0)
      else expect(routing.stderr).toContain('The kernel of this host has no ipvlan links')
    } finally {
      host.removeLink(index)
      host.close()
    }
  })

  it('makes networks from the configuration that another one holds', async () => {
    const options = ['--subnet', '10.213.9.0/24', '--label', 'x=y', '--opt', 'com.docker.network.driver.mtu=1400']
    expect((await docker('network', 'create', '--config-only', ...options, 'held')).exitCode).toBe(0)
    expect((await docker('network', 'create', '--config-from', 'held', 'made')).exitCode).toBe(0)
    expect(
      (await docker('network', 'inspect', '-f', '{{.ConfigFrom.Network}} {{.Driver}} {{.Labels.x}}', 'made')).stdout,
    ).toBe('held bridge y')
    const inside = await docker('run', '--rm', '--network', 'made', 'busybox', 'ip', '-4', '-o', 'addr', 'show', 'eth0')
    expect(inside.stdout).toContain('10.213.9.2/24')
    expect((await docker('run', '--rm', '--network', 'held', 'busybox', 'true')).stderr).toContain(
      'cannot create endpoint on configuration-only network',
    )
    expect((await docker('network', 'rm', 'held')).stderr).toContain('configuration network "held" is in use')
    expect((await docker('network', 'rm', 'made', 'held')).exitCode).toBe(0)
  })

  it('lists, inspects and removes networks and volumes', async () => {
    expect((await docker('network', 'ls', '--format', '{{.Name}} {{.Driver}}')).stdout.split('\n').toSorted()).toEqual([
      'bridge bridge',
      'host host',
      'none null',
    ])
    expect((await docker('network', 'create', '--subnet', '10.213.7.0/24', '--label', 'a=b', 'shaped')).exitCode).toBe(
      0,
    )
    expect(
      (await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}} {{.Labels.a}}', 'shaped')).stdout,
    ).toBe('10.213.7.0/24 b')
    expect((await docker('network', 'create', 'shaped')).stderr).toContain('already exists')
    expect((await docker('network', 'rm', 'shaped', 'bridge')).stderr).toContain('bridge')
    expect((await docker('volume', 'create', '--label', 'a=b', 'store')).stdout).toBe('store')
    expect((await docker('volume', 'inspect', '-f', '{{.Driver}} {{.Labels.a}}', 'store')).stdout).toBe('local b')
    expect((await docker('volume', 'rm', 'store')).exitCode).toBe(0)
    expect((await docker('volume', 'inspect', 'store')).stderr).toContain('no such volume')
  })
}

async function fetchText(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(2000) })).text()
  } catch {
    return undefined
  }
}
