import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { codedError } from '@moby/contracts'
import { declareFunction, lastErrno } from './binding.ts'
import { errnoName, failSystemCall } from './syscall.ts'

const flock = declareFunction<(descriptor: number, operation: number) => number>(
  'int flock(int descriptor, int operation)',
)

/**
 * Takes the exclusive lock of a file, which is made if need be and tells the holder's process id. The kernel
 * lets go of it when the process dies. Fails with DATA_ROOT_LOCKED, details `{path, pid}`, when it is taken.
 */
export function lockFile(path: string): { release(): void } {
  const [exclusive, nonBlocking] = [2, 4]
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (flock(descriptor, exclusive | nonBlocking) === -1) {
    const errno = lastErrno()
    closeSync(descriptor)
    if (errnoName(errno) !== 'EAGAIN') failSystemCall('flock', errno, path)
    const pid = readFileSync(path, 'utf8').trim()
    throw codedError('DATA_ROOT_LOCKED', `${path} is locked by pid ${pid === '' ? '(unknown)' : pid}`, {
      hint: 'Stop that process, or use another data root.',
      details: { path, pid: Number(pid) },
    })
  }
  ftruncateSync(descriptor)
  writeSync(descriptor, `${process.pid}\n`, 0)
  let held = true
  return {
    release() {
      if (held) closeSync(descriptor)
      held = false
    },
  }
}
