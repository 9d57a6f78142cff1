import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BridgeDriver } from '../bridge-driver.ts'
import { networkRequest, TestHost } from '../host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

const lookUp = (path: string, name: string, server = '10.1.0.1') => {
  try {
    return host.run(path, 'busybox', 'nslookup', name, server)
  } catch (error) {
    return String(Reflect.get(error as object, 'stdout'))
  }
}

const publish = (driver: BridgeDriver, names: Record<string, string[]>, upstream: string[] = []) =>
  driver.api.publishNames({
    networkId: 'network-1',
    names: Object.entries(names).map(([name, addresses]) => ({ endpointId: name, names: [name], addresses })),
    upstream,
  })

/** A name server of the host, on all addresses: it gives every name one address, or never answers. */
async function nameServerOnHost(port: number, address?: string): Promise<void> {
  const data = address === undefined ? '' : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, ...address.split('.')].join()
  const program = `
    const socket = require('dgram').createSocket('udp4').bind(${port}, () => require('fs').writeFileSync(process.argv[1], ''))
    socket.on('message', (message, from) => {
      const data = Buffer.from([${data}])
      message.writeUInt16BE(0x8180, 2)
      message.writeUInt16BE(message.readUInt16BE(message.length - 4) === 1 ? 1 : 0, 6)
      if (data.length > 0) socket.send(Buffer.concat([message, message.readUInt16BE(6) ? data : Buffer.alloc(0)]), from.port, from.address)
    })`
  const ready = join(host.folder, `ready-${port}`)
  host.start(host.path, process.execPath, '-e', program, ready)
  await expect.poll(() => existsSync(ready)).toBe(true)
}

/** Processes of this host's name server. */
function helpers(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${host.folder}/run/names`)
      } catch {
        return false
      }
    })
}

test('networks that come and go at once all go, and the process with the last', async () => {
  const driver = await host.driver()
  const comeAndGo = async (number: number) => {
    for (let times = 0; times < 4; times += 1) {
      const networkId = `network-${number}`
      await driver.api.createNetwork(networkRequest(number))
      await driver.api.publishNames({ networkId, names: [], upstream: [] })
      await driver.api.deleteNetwork({ networkId })
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(comeAndGo))
  await expect.poll(helpers).toEqual([])
})

test('containers look each other up, whatever the case, and see changes at once', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  await publish(driver, { Web: ['10.1.0.7', '10.1.0.8'], db: ['10.1.0.9'] })
  expect(lookUp(box.sandboxKey, 'web')).toMatch(/10\.1\.0\.7[^]*10\.1\.0\.8|10\.1\.0\.8[^]*10\.1\.0\.7/)
  expect(lookUp(box.sandboxKey, 'DB')).toContain('10.1.0.9')
  expect(lookUp(box.sandboxKey, '10.1.0.9')).toContain('name = db')
  expect(lookUp(box.sandboxKey, 'cache')).toMatch(/NXDOMAIN|can't find/)
  await publish(driver, { cache: ['10.1.0.9'] })
  expect(lookUp(box.sandboxKey, 'cache')).toContain('10.1.0.9')
  expect(lookUp(box.sandboxKey, 'web')).toMatch(/NXDOMAIN|can't find/)
})

test('one process serves all networks, each its own names, and ends with the last', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await driver.api.createNetwork(networkRequest(2))
  const box = await host.connect(driver, 2, 2)
  await Promise.all([
    publish(driver, { web: ['10.1.0.7'] }),
    driver.api.publishNames({
      networkId: 'network-2',
      names: [{ endpointId: 'w', names: ['web'], addresses: ['10.2.0.7'] }],
      upstream: [],
    }),
  ])
  expect(helpers()).toHaveLength(1)
  expect(lookUp(box.sandboxKey, 'web', '10.2.0.1')).toContain('10.2.0.7')
  await driver.api.deleteNetwork({ networkId: 'network-1' })
  expect(lookUp(box.sandboxKey, 'web', '10.2.0.1')).toContain('10.2.0.7')
  await driver.api.deleteEndpoint(box)
  await driver.api.deleteNetwork({ networkId: 'network-2' })
  await expect.poll(helpers).toEqual([])
})

test('names are answered after the engine was killed, and the next engine takes the process over', async () => {
  const file = join(host.folder, 'options.json')
  writeFileSync(file, JSON.stringify(host.options()))
  const engine = spawn(process.execPath, [fileURLToPath(new URL('engine.fixture.ts', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(engine.stdout, 'data')
  engine.kill('SIGKILL')
  await once(engine, 'exit')
  const before = helpers()
  expect(before).toHaveLength(1)

  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  expect(lookUp(box.sandboxKey, 'web')).toContain('10.1.0.7')
  await publish(driver, { db: ['10.1.0.8'] })
  expect(lookUp(box.sandboxKey, 'db')).toContain('10.1.0.8')
  expect(helpers()).toEqual(before)
  await driver.stop('leave-containers')
  expect(lookUp(box.sandboxKey, 'db')).toContain('10.1.0.8')
})

test('a name server that dies or hangs is replaced', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  await publish(driver, { web: ['10.1.0.7'] })
  const [first = 0] = helpers()
  process.kill(first, 'SIGKILL')
  await expect.poll(helpers).toEqual([expect.not.toSatisfy((pid) => pid === first)])
  await expect.poll(() => lookUp(box.sandboxKey, 'web')).toContain('10.1.0.7')
  await driver.stop('leave-containers')
  for (const pid of helpers()) process.kill(pid, 'SIGSTOP')
  const next = await host.driver()
  await publish(next, { web: ['10.1.0.8'] })
  expect(lookUp(box.sandboxKey, 'web')).toContain('10.1.0.8')
  expect(helpers()).toHaveLength(1)
})

test('other names are asked of the name servers of the host, past those that are silent', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  await nameServerOnHost(5300, '198.51.100.7')
  await nameServerOnHost(5301)
  await publish(driver, {}, ['127.0.0.1#5301', '127.0.0.1#5300'])
  expect(lookUp(box.sandboxKey, 'example.org')).toContain('198.51.100.7')
  await publish(driver, {}, ['127.0.0.1#5302'])
  expect(lookUp(box.sandboxKey, 'example.org')).toMatch(/SERVFAIL|can't find/)
})

test('beside a name server that has port 53 everywhere, names are answered all the same', async () => {
  await nameServerOnHost(53)
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  const box = await host.connect(driver, 1, 2)
  await publish(driver, { web: ['10.1.0.7'] })
  expect(lookUp(box.sandboxKey, 'web')).toContain('10.1.0.7')
  await driver.stop('leave-containers')
  const next = await host.driver()
  await next.api.createNetwork(networkRequest(1))
  expect(lookUp(box.sandboxKey, 'web')).toContain('10.1.0.7')
})

test('stopping with the containers ends the process and removes its folder', async () => {
  const driver = await host.driver()
  await driver.api.createNetwork(networkRequest(1))
  await publish(driver, { web: ['10.1.0.7'] })
  await driver.stop('stop-containers')
  await expect.poll(helpers).toEqual([])
  expect(existsSync(join(host.folder, 'run/names'))).toBe(false)
})
