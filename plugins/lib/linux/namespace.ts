import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { declareFunction } from './binding.ts'
import { mount, unmount } from './mount.ts'
import { mountFlags } from './mount-flags.ts'
import { socket } from './socket-calls.ts'
import { checked, errnoOf } from './syscall.ts'

const unshare = declareFunction<(flags: number) => number>('int unshare(int flags)')
const setns = declareFunction<(descriptor: number, type: number) => number>('int setns(int descriptor, int type)')
const ioctl = declareFunction<(descriptor: number, request: number, data: Uint8Array) => number>(
  'int ioctl(int descriptor, unsigned long request, void *data)',
)

const newNetwork = 0x4000_0000
const ownNamespace = '/proc/thread-self/ns/net'

/**
 * Runs a synchronous function and returns this thread to its network namespace, whatever happens. Nothing
 * asynchronous may start inside: threads born meanwhile would stay in the foreign namespace.
 */
function andReturn<T>(fn: () => T): T {
  const home = openSync(ownNamespace, 'r')
  try {
    return fn()
  } finally {
    checked(setns(home, newNetwork), 'setns', 'the own network namespace')
    closeSync(home)
  }
}

/**
 * Makes a network namespace, with its loopback link up, that lives until `deleteNetworkNamespace`: it is
 * held by a bind mount on `path`, a file that must not exist yet.
 */
export function createNetworkNamespace(path: string): void {
  writeFileSync(path, '', { flag: 'wx', mode: 0o444 })
  try {
    andReturn(() => {
      checked(unshare(newNetwork), 'unshare', `network namespace ${path}`)
      raiseLoopback()
      mount({ source: ownNamespace, target: path, flags: mountFlags.bind })
    })
  } catch (error) {
    deleteNetworkNamespace(path)
    throw error
  }
}

/** Lets go of a network namespace and removes its path. A missing one is success. */
export function deleteNetworkNamespace(path: string): void {
  unmount(path, { detach: true, ifMounted: true })
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Calls a strictly synchronous function with this thread inside the namespace at `path`. Sockets that it
 * opens belong to that namespace for good.
 */
export function withNetworkNamespace<T>(path: string, fn: () => T): T {
  const descriptor = openSync(path, 'r')
  try {
    return andReturn(() => {
      checked(setns(descriptor, newNetwork), 'setns', `network namespace ${path}`)
      const result = fn()
      if (result instanceof Promise) throw new TypeError('withNetworkNamespace takes a synchronous function')
      return result
    })
  } finally {
    closeSync(descriptor)
  }
}

function raiseLoopback(): void {
  const [inet, datagram, closeOnExec, setFlags, up] = [2, 2, 0o2000000, 0x8914, 1]
  const descriptor = checked(socket(inet, datagram | closeOnExec, 0), 'socket', 'the loopback link')
  try {
    const request = Buffer.alloc(40) // struct ifreq: name, then a union
    request.write('lo')
    request.writeInt16LE(up, 16)
    checked(ioctl(descriptor, setFlags, request), 'ioctl(SIOCSIFFLAGS)', 'the loopback link')
  } finally {
    closeSync(descriptor)
  }
}
