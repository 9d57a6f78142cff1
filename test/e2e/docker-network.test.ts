import { readlink } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { instanceId, nothingLeft } from './footprint.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

const server = ['busybox', 'sh', '-c', 'mkdir -p /www && echo served > /www/index.html && exec httpd -f -p 80 -h /www']

describe.skipIf(mustSkip('docker-cli'))('docker networks', () => {
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)

  beforeAll(async () => {
    engine = await EngineProcess.start()
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
  })

  it('publishes a port on localhost and leaves it reachable on the bridge address', async () => {
    const port = await freePort()
    await docker('run', '-d', '--name', 'web', '-p', `${port}:80`, ...server)
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'web')).stdout
    const gateway = (await docker('inspect', '-f', '{{.NetworkSettings.Gateway}}', 'web')).stdout
    for (const url of [`http://127.0.0.1:${port}/`, `http://${gateway}:${port}/`, `http://${address}/`]) {
      await until(async () => (await fetchText(url)) === 'served\n')
    }
    expect((await docker('port', 'web')).stdout).toContain(`80/tcp -> 0.0.0.0:${port}`)
    const second = await docker('run', '--rm', '-p', `${port}:80`, 'busybox', 'true')
    expect(second.exitCode).toBe(125)
    expect(second.stderr).toContain('port is already allocated')
    await docker('rm', '-f', 'web')
    expect(await fetchText(`http://127.0.0.1:${port}/`)).toBeUndefined()
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
})

async function fetchText(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(2000) })).text()
  } catch {
    return undefined
  }
}
