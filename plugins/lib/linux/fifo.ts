import { chmodSync, constants, openSync } from 'node:fs'
import { declareFunction } from './binding.ts'
import { checked } from './syscall.ts'

const mkfifo = declareFunction<(path: string, mode: number) => number>('int mkfifo(const char *path, uint32_t mode)')

/** Makes a FIFO with exactly this mode, whatever the umask. Fails with EEXIST when the path exists. */
export function makeFifo(path: string, mode: number): void {
  checked(mkfifo(path, mode), 'mkfifo', path)
  chmodSync(path, mode)
}

/**
 * Opens a FIFO for reading and writing without blocking and closed on exec. As this side is a writer too,
 * its reader never sees an end, and whoever opens the other side never waits.
 */
export function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
}
