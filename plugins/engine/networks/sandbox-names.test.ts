import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { spawn } from 'node:child_process'
import { createServer, Socket, type SocketConstructorOpts } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  createNetworkNamespace,
  deleteNetworkNamespace,
  openSocketInside,
  RouteSocket,
  withNetworkNamespace,
} from '@moby/lib-linux'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SandboxNames, type SandboxWish } from './sandbox-names.ts'

const warnings: string[] = []
const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: (text: string) => warnings.push(text), error: quiet }

let folder: string
let names: SandboxNames

beforeEach(() => {
  folder = mkdtempSync('/tmp/sn-')
  warnings.length = 0
  names = new SandboxNames({ folder: join(folder, 'names'), log })
})

afterEach(async () => {
  await names.close(true)
  for (const name of readdirSync(folder)) if (name.startsWith('ns')) deleteNetworkNamespace(join(folder, name))
  rmSync(folder, { recursive: true })
})

/** A sandbox without any link to the host. */
function sandbox(number: number): SandboxWish {
  const key = join(folder, `ns${number}`)
  createNetworkNamespace(key)
  return { sandboxId: String(number).repeat(64), key, networks: ['n1'], upstream: [], keepsPlainNames: false }
}

const zone = (addresses: Record<string, string[]>) => ({
  networkId: 'n1',
  listen: [],
  subnets: ['10.1.0.0/24'],
  names: Object.entries(addresses),
  upstream: [],
})

/** What is printed, whatever comes of it; this process goes on meanwhile, as it may be the one that is asked. */
async function lookUp({ key }: SandboxWish, name: string): Promise<string> {
  const words = ['nslookup', '-type=a', name, '127.0.0.11']
  const child = withNetworkNamespace(key, () => spawn('busybox', words, { stdio: ['ignore', 'pipe', 'ignore'] }))
  return await text(child.stdout)
}

/** Processes that answer names by the folder of this test. */
function helpers(): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      const isOurs = /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`${folder}/names`)
      return isOurs ? [Number(entry)] : []
    } catch {
      return []
    }
  })
}

const socketsOf = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length

test('names are answered in sandboxes that nothing leads out of, by one process, until they are left', async () => {
  const [first, second] = [sandbox(1), sandbox(2)]
  await Promise.all([names.putZone(zone({ web: ['10.1.0.7'] })), names.serve(first)])
  const [pid = 0] = helpers()
  const before = socketsOf(pid)
  expect(await names.serve(second)).toBe(true)
  expect(await lookUp(first, 'web')).toContain('10.1.0.7')
  expect(await lookUp(second, 'WEB')).toContain('10.1.0.7')
  await names.putZone(zone({ db: ['10.1.0.8'] }))
  expect(await lookUp(second, 'db')).toContain('10.1.0.8')
  expect(await lookUp(second, 'web')).toMatch(/NXDOMAIN|can't find/)
  await names.leave(second.sandboxId)
  expect(await lookUp(second, 'db')).not.toContain('10.1.0.8')
  expect(await lookUp(first, 'db')).toContain('10.1.0.8')
  expect(helpers()).toEqual([pid])
  expect(socketsOf(pid)).toBe(before)
  expect(warnings).toEqual([])
})

test('a container can have a name server of its own on all addresses, beside that of its sandbox', async () => {
  const wish = sandbox(1)
  await Promise.all([names.putZone(zone({ web: ['10.1.0.7'] })), names.serve(wish)])
  for (const protocol of ['udp', 'tcp'] as const) {
    const at = { address: '0.0.0.0', port: 53 }
    closeSync(openSocketInside({ namespace: wish.key, protocol, family: 4, at }))
  }
  expect(await lookUp(wish, 'web')).toContain('10.1.0.7')
})

test('without rules it has port 53 itself', async () => {
  await names.close(true)
  const redirect = () => {
    throw new Error('the kernel has no nftables')
  }
  names = new SandboxNames({ folder: join(folder, 'names'), log, redirect })
  const wish = sandbox(1)
  await Promise.all([names.putZone(zone({ web: ['10.1.0.7'] })), names.serve(wish)])
  expect(await lookUp(wish, 'web')).toContain('10.1.0.7')
  // Told anew, it stays there.
  expect(await names.serve({ ...wish, networks: [] })).toBe(true)
  expect(await lookUp(wish, 'web')).toMatch(/NXDOMAIN|can't find/)
  expect(warnings).toEqual([])
})

test('ports that somebody takes while no process is there are left to him', async () => {
  const wish = sandbox(1)
  await Promise.all([names.putZone(zone({ web: ['10.1.0.7'] })), names.serve(wish)])
  const file = readdirSync(join(folder, 'names')).find((name) => name.endsWith('.sandbox')) ?? ''
  const state = join(folder, 'names', file)
  const [pid = 0] = helpers()
  // Nothing starts the next one before this test lets time go on.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const taken: number[] = []
  try {
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => [vi.getTimerCount(), existsSync(`/proc/${pid}/fd/0`)]).toEqual([1, false])
    // The kernel may keep the ports of a dead process for long, so they become others that are free for sure.
    const ports = { udp: 1053, tcp: 1054 }
    writeFileSync(state, JSON.stringify({ ...(JSON.parse(readFileSync(state, 'utf8')) as object), ports }))
    for (const protocol of ['udp', 'tcp'] as const) {
      const at = { address: '0.0.0.0', port: ports[protocol] }
      taken.push(openSocketInside({ namespace: wish.key, protocol, family: 4, at }))
    }
    vi.runOnlyPendingTimers()
    vi.useRealTimers()
    await expect.poll(() => lookUp(wish, 'web'), { timeout: 60_000 }).toContain('10.1.0.7')
    const { ports: now } = JSON.parse(readFileSync(state, 'utf8')) as { ports: { udp: number; tcp: number } }
    expect([now.udp === ports.udp, now.tcp === ports.tcp]).toEqual([false, false])
  } finally {
    vi.useRealTimers()
    for (const descriptor of taken) closeSync(descriptor)
  }
})

test('a process that dies is followed by one at the same ports, and an engine takes over what another left', async () => {
  const wish = sandbox(1)
  await Promise.all([names.putZone(zone({ web: ['10.1.0.7'] })), names.serve(wish)])
  const [first = 0] = helpers()
  process.kill(first, 'SIGKILL')
  await expect.poll(() => lookUp(wish, 'web'), { timeout: 60_000 }).toContain('10.1.0.7')
  const second = helpers()
  await names.close(false)
  names = new SandboxNames({ folder: join(folder, 'names'), log })
  expect(await names.serve({ ...wish, networks: [] })).toBe(true)
  expect(helpers()).toEqual(second)
  expect(await lookUp(wish, 'web')).toMatch(/NXDOMAIN|can't find/)
  await names.sweep([], [])
  expect(readdirSync(join(folder, 'names')).filter((name) => /sandbox|json/.test(name))).toEqual([])
})

test('other names are asked by routes of the sandbox, or by the host, over streams too', async () => {
  const [inside, outside] = [sandbox(1), sandbox(2)]
  const route = RouteSocket.open(inside.key)
  route.createVeth('eth0', 'eth0', { up: true, peer: { namespacePath: outside.key } })
  route.addAddress(route.linkByName('eth0')?.index ?? 0, '192.0.2.1/24')
  route.close()
  const there = RouteSocket.open(outside.key)
  there.addAddress(there.linkByName('eth0')?.index ?? 0, '192.0.2.9/24')
  there.setUp(there.linkByName('eth0')?.index ?? 0)
  there.close()
  const [near, onHost] = [await answering('198.51.100.7', outside.key), await answering('198.51.100.8')]
  try {
    const ask = async (upstream: SandboxWish['upstream']) => {
      expect(await names.serve({ ...inside, upstream })).toBe(true)
      return await lookUp(inside, 'example.org')
    }
    expect(await ask([{ server: `192.0.2.9#${near.port}`, side: 'sandbox' }])).toContain('198.51.100.7')
    expect(await ask([{ server: `127.0.0.1#${onHost.port}`, side: 'host' }])).toContain('198.51.100.8')
    // What listens at that port of the host's loopback does not listen at that of the sandbox.
    expect(await ask([{ server: `127.0.0.1#${onHost.port}`, side: 'sandbox' }])).not.toContain('198.51.100')
    const elsewhere = { server: `203.0.113.1#${onHost.port}`, side: 'sandbox' } as const
    expect(await ask([elsewhere, { server: `192.0.2.9#${near.port}`, side: 'sandbox' }])).toContain('198.51.100.7')
    expect(await askByStream(inside, 'example.org')).toContain('198.51.100.7')
  } finally {
    near.close()
    onHost.close()
  }
})

/** A name server that gives every name one address, by datagrams and, in a namespace, at the same port by streams. */
async function answering(address: string, namespace?: string) {
  const data = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, ...address.split('.').map(Number)])
  const answerTo = (message: Buffer) => {
    message.writeUInt16BE(0x8180, 2)
    message.writeUInt16BE(1, 6)
    return Buffer.concat([message, data])
  }
  const socket = createSocket('udp4')
  const listens = once(socket, 'listening')
  const at = { address: '0.0.0.0', port: 0 }
  if (namespace === undefined) socket.bind(0)
  else socket.bind({ fd: openSocketInside({ namespace, protocol: 'udp', family: 4, at }) })
  await listens
  socket.on('message', (message, from) => socket.send(answerTo(message), from.port, from.address))
  const { port } = socket.address()
  const server = createServer((client) => {
    client.on('data', (chunk) => {
      const answer = answerTo(chunk.subarray(2))
      client.end(Buffer.concat([Buffer.of(0, answer.length), answer]))
    })
  })
  if (namespace !== undefined) {
    server.listen({ fd: openSocketInside({ namespace, protocol: 'tcp', family: 4, at: { ...at, port } }) })
  }
  const close = () => {
    socket.close()
    server.close()
  }
  return { port, close }
}

/** The address that a name is told to have over TCP. */
async function askByStream({ key: namespace }: SandboxWish, name: string): Promise<string> {
  const fd = openSocketInside({ namespace, protocol: 'tcp', family: 4 })
  const socket = new Socket({ fd, readable: true, writable: true, manualStart: true } as SocketConstructorOpts)
  socket.connect(53, '127.0.0.11')
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)])
  const query = Buffer.from([7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1])
  socket.write(Buffer.concat([Buffer.of(0, query.length), query]))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return [...answer.subarray(-4)].join('.')
}

test('a namespace that is gone is told and leaves nothing behind', async () => {
  const wish = sandbox(1)
  deleteNetworkNamespace(wish.key)
  expect(await names.serve(wish)).toBe(false)
  expect(names.serves(wish.sandboxId)).toBe(false)
  expect(warnings).toEqual(['a sandbox has no name server'])
  await names.leave(wish.sandboxId)
  expect(names.serves(wish.sandboxId)).toBe(true)
  expect(existsSync(wish.key)).toBe(false)
})
