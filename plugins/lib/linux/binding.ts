import koffi from 'koffi'
import { codedError } from '@moby/contracts/errors'

const program = koffi.load(null)

/**
 * The errno of this thread, where the C library keeps it. A call of its own that reads it would be too late: between
 * two calls the engine of JavaScript may wait for a lock, and its futex leaves EAGAIN there (one call in ten million).
 */
const errnoOfThread = new Int32Array(koffi.view(program.func('void *__errno_location(void)')(), 4))

let failure = 0

/**
 * Binds a function of the C library by its prototype, `int mkfifo(const char *path, uint32_t mode)`. It tells
 * failure by -1. Pointers take a Buffer, a typed array or null; the errno of a failed call is read with `lastErrno`.
 */
export function declareFunction<F extends (...values: never[]) => number>(prototype: string): F {
  const bound = program.func(prototype)
  const call = (...values: readonly unknown[]): number => {
    const result = bound(...values) as number
    if (result === -1) failure = errnoOfThread[0] ?? 0
    return result
  }
  return call as unknown as F
}

/**
 * Binds a function whose calls run in libuv's thread pool, for those that the kernel may hold for some
 * milliseconds and no more: the pool has four threads for everything. Its errno is not told.
 */
export function declareBackgroundFunction<V extends unknown[]>(prototype: string): (...values: V) => Promise<number> {
  const bound = program.func(prototype)
  return (...values) =>
    new Promise((resolve, reject) => {
      bound.async(...values, (error: unknown, result: number) => (error ? reject(error) : resolve(result)))
    })
}

/** The errno of the call of a declared function that failed last. */
export function lastErrno(): number {
  return failure
}

/** Watches a descriptor in the event loop, without a thread. */
export function pollDescriptor(descriptor: number, callback: () => void): { close(): void } {
  return koffi.node.poll(descriptor, { readable: true }, callback)
}

/**
 * Sizes of C types in the ABI that the layouts in this package are written for: 64-bit little endian
 * Linux (x86-64 and arm64 agree in all of them).
 */
const expectedSizes = [
  ['int', 4],
  ['long', 8],
  ['size_t', 8],
  ['void *', 8],
] as const

const expectedStructs = {
  // <sys/socket.h>, <linux/netlink.h>, <linux/mount.h>, <linux/openat2.h>, <poll.h>
  ucred: [12, { pid: 'int', uid: 'uint32_t', gid: 'uint32_t' }],
  sockaddr_nl: [12, { family: 'uint16_t', pad: 'uint16_t', pid: 'uint32_t', groups: 'uint32_t' }],
  nlmsghdr: [16, { length: 'uint32_t', type: 'uint16_t', flags: 'uint16_t', sequence: 'uint32_t', port: 'uint32_t' }],
  mount_attr: [32, { set: 'uint64_t', clear: 'uint64_t', propagation: 'uint64_t', userns: 'uint64_t' }],
  open_how: [24, { flags: 'uint64_t', mode: 'uint64_t', resolve: 'uint64_t' }],
  timespec: [16, { seconds: 'long', nanoseconds: 'long' }],
  pollfd: [8, { descriptor: 'int', events: 'int16_t', revents: 'int16_t' }],
} as const

function checkLayouts(): void {
  const wrong: string[] = []
  for (const [name, size] of expectedSizes) if (koffi.sizeof(name) !== size) wrong.push(name)
  for (const [name, [size, members]] of Object.entries(expectedStructs)) {
    if (koffi.sizeof(koffi.struct({ ...members })) !== size) wrong.push(`struct ${name}`)
  }
  if (process.platform !== 'linux' || new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) wrong.push('byte order')
  if (wrong.length === 0) return
  throw codedError('HOST_LACKS', `The C types of ${process.platform}/${process.arch} differ: ${wrong.join(', ')}`, {
    hint: 'Use Linux on x86-64 or arm64.',
  })
}

checkLayouts()
