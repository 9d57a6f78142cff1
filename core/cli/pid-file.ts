import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import process from 'node:process'
import { codedError } from '@moby/contracts'

/**
 * Writes the number of this process into a file that no process that runs has: one whose process is gone is taken over, as is one
 * with this very number, which an earlier life in a container may have had. Answers the function that removes it. Throws
 * PID_FILE_TAKEN, PID_FILE_UNUSABLE.
 */
export function takePidFile(path: string): () => void {
  const owner = ownerOf(path)
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw codedError('PID_FILE_TAKEN', `The pid file ${path} belongs to process ${owner}, which runs`, {
      hint: `stop it, or name another file: --pidfile FILE`,
      details: { path, pid: owner },
    })
  }
  try {
    // A file of one that died makes way. What keeps two engines apart is the lock of the data root: this is for scripts.
    rmSync(path, { force: true })
    const file = openSync(path, 'wx', 0o644)
    try {
      writeSync(file, `${process.pid}`)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('PID_FILE_UNUSABLE', `The pid file ${path} cannot be written: ${why}`, {
      hint: 'name a file in a folder that exists and is writable',
      cause,
    })
  }
  return () => {
    if (ownerOf(path) === process.pid) rmSync(path, { force: true })
  }
}

/** Undefined for a file that is not there or holds no number. */
function ownerOf(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^[1-9]\d*$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
