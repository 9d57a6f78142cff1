import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasCode } from '@moby/contracts'
import {
  bindMount,
  createNetworkNamespace,
  deleteNetworkNamespace,
  errnoOf,
  lockFile,
  makeFifo,
  makePrivate,
  mountAll,
  mountsBelow,
  openFifo,
  peerCredentials,
  punchHole,
  reservePort,
  setPipeSize,
  splice,
  unmount,
  watchReadable,
  withNetworkNamespace,
} from './index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync('/tmp/lx-')
})

afterEach(() => {
  for (const point of mountsBelow(folder)) unmount(point, { detach: true })
  rmSync(folder, { recursive: true })
})

function make(...names: string[]): string[] {
  return names.map((name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  })
}

test('a failed call names the call, the object and the errno', () => {
  const attempt = () => unmount(join(folder, 'absent'))
  expect(attempt).toThrow(/umount2 of .*absent failed: no such file or directory \(ENOENT\)/)
  try {
    attempt()
  } catch (error) {
    expect(errnoOf(error)).toBe('ENOENT')
  }
  unmount(join(folder, 'absent'), { ifMounted: true })
})

test('a bind mount can be read-only while its source stays writable', () => {
  const [source = '', target = ''] = make('source', 'target')
  bindMount(source, target, { readOnly: true })
  expect(() => writeFileSync(join(target, 'file'), '')).toThrow(/EROFS/)
  writeFileSync(join(source, 'file'), 'seen')
  expect(readFileSync(join(target, 'file'), 'utf8')).toBe('seen')
})

test('mounts are listed deepest first and can be undone in that order', () => {
  const [outer = ''] = make('outer')
  mountAll([{ type: 'tmpfs', source: 'tmpfs', options: ['size=1m', 'nosuid', 'mode=0700'] }], outer)
  const [inner = ''] = make('outer/in ner')
  mountAll([{ type: 'bind', source: folder, options: ['rbind', 'ro', 'nodev', 'rslave'] }], inner)
  expect(mountsBelow(folder)).toEqual([join(inner, 'outer'), inner, outer].filter((point) => existsSync(point)))
  for (const point of mountsBelow(folder)) unmount(point)
  expect(mountsBelow(folder)).toEqual([])
})

test('an overlay of more layers than fit in a page is mounted', () => {
  const layers = make(...Array.from({ length: 120 }, (_, index) => `layer-${'x'.repeat(40)}-${index}`))
  layers.forEach((layer, index) => writeFileSync(join(layer, `file-${index}`), ''))
  const [upper = '', work = '', target = ''] = make('upper', 'work', 'target')
  const options = [`lowerdir=${layers.join(':')}`, `upperdir=${upper}`, `workdir=${work}`]
  expect(options.join(',').length).toBeGreaterThan(4096)
  mountAll([{ type: 'overlay', source: 'overlay', options }], target)
  for (let index = 0; index < 120; index++) expect(existsSync(join(target, `file-${index}`))).toBe(true)
})

test('a mount that fails leaves none of those before it', () => {
  const [source = '', target = ''] = make('source', 'target')
  const mounts = [
    { type: 'bind', source, options: ['bind'] },
    { type: 'no-such-file-system', source: 'none', options: [] },
  ]
  expect(() => mountAll(mounts, target)).toThrow(/ENODEV/)
  expect(mountsBelow(folder)).toEqual([])
})

test('a private folder is a mount point once, however often it is made private', () => {
  makePrivate(folder)
  makePrivate(folder)
  expect(mountsBelow(folder)).toEqual([folder])
})

test('a network namespace has its own links, loopback up, and this thread stays at home', () => {
  const path = join(folder, 'net')
  const home = () => readlinkSync('/proc/thread-self/ns/net')
  const before = home()
  createNetworkNamespace(path)
  expect(home()).toBe(before)
  const inside = withNetworkNamespace(path, () => execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' }))
  expect(inside.trim().split('\n')).toHaveLength(1)
  expect(inside).toMatch(/^lo\s+UNKNOWN/)
  expect(() =>
    withNetworkNamespace(path, () => {
      throw new Error('inside')
    }),
  ).toThrow('inside')
  expect(home()).toBe(before)
  deleteNetworkNamespace(path)
  deleteNetworkNamespace(path)
  expect(existsSync(path)).toBe(false)
})

test('bytes of a FIFO are spliced into a file at a position', async () => {
  const path = join(folder, 'fifo')
  makeFifo(path, 0o620)
  expect(statSync(path).mode & 0o777).toBe(0o620)
  const fifo = openFifo(path)
  const file = openSync(join(folder, 'file'), 'w+')
  expect(splice({ from: fifo, to: file, toOffset: 0, length: 100 })).toBe('again')
  expect(setPipeSize(fifo, 1 << 20)).toBe(1 << 20)
  const readable = new Promise<void>((resolve) => {
    const watch = watchReadable(fifo, () => {
      watch.close()
      resolve()
    })
  })
  writeSync(fifo, 'words')
  await readable
  expect(splice({ from: fifo, to: file, toOffset: 3, length: 100 })).toBe(5)
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('\0\0\0words')
  closeSync(fifo)
  closeSync(file)
})

test('a punched range takes no room and the size stays', () => {
  const path = join(folder, 'file')
  writeFileSync(path, Buffer.alloc(1 << 20, 1))
  const descriptor = openSync(path, 'r+')
  const punched = punchHole(descriptor, 0, 1 << 19)
  closeSync(descriptor)
  expect(statSync(path).size).toBe(1 << 20)
  expect(readFileSync(path)[0]).toBe(punched ? 0 : 1)
})

test('a file lock is refused with the holder and free after release', () => {
  const path = join(folder, 'lock')
  const first = lockFile(path)
  expect(() => lockFile(path)).toThrow(`locked by pid ${process.pid}`)
  first.release()
  lockFile(path).release()
})

test('the peer of a Unix socket is known', async () => {
  const path = join(folder, 'socket')
  const seen = new Promise((resolve) => {
    const server = createServer((socket) => {
      // Node has no public way to a socket's descriptor.
      const handle = Reflect.get(socket, '_handle') as { fd: number }
      resolve(peerCredentials(handle.fd))
      socket.destroy()
      server.close()
    }).listen(path, () => connect(path).on('error', () => undefined))
  })
  expect(await seen).toEqual({ uid: process.getuid?.(), gid: process.getgid?.(), pid: process.pid })
})

/** Ports that the kernel gives to nobody who asks for any. */
const [held, listened] = [15_417, 15_418]

test('a reserved port is refused to others, also to those that share addresses, and free after release', async () => {
  const listening = (port: number) =>
    new Promise<string>((resolve) => {
      const server = createServer()
      server.once('error', (error) => resolve(errnoOf(error) ?? 'other'))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve('listening')))
    })
  const reserved = reservePort('tcp', '0.0.0.0', held)
  expect(await listening(held)).toBe('EADDRINUSE')
  let refused: unknown
  try {
    reservePort('tcp', '127.0.0.1', held)
  } catch (error) {
    refused = error
  }
  expect(hasCode(refused, 'PORT_IN_USE')).toBe(true)
  expect(String(refused)).toContain(`Bind for 127.0.0.1:${held} failed: port is already allocated`)
  reserved.release()
  expect(await listening(held)).toBe('listening')
  reservePort('udp', '::1', held).release()
})

test('a port with a listener cannot be reserved, one with connections in TIME-WAIT can', async () => {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(listened, '127.0.0.1', resolve))
  expect(() => reservePort('tcp', '0.0.0.0', listened)).toThrow('already allocated')
  await new Promise((resolve) => connect(listened, '127.0.0.1').on('close', resolve).resume())
  await new Promise((resolve) => server.close(resolve))
  expect(readFileSync('/proc/net/tcp', 'utf8')).toMatch(/0100007F:3C3A .* 06 /)
  reservePort('tcp', '127.0.0.1', listened).release()
})
