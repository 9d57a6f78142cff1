import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { codedError } from '@moby/contracts'
import { unusable } from './instance.ts'

const busy = 5

/** A database that nobody refers to would be closed by the garbage collector, and the lock with it. */
const held = new Set<DatabaseSync>()

/** A data root that belongs to this process. */
export interface DataRootLock {
  release(): void
}

/**
 * Makes a data root the property of this process until it ends, however it ends: the lock is an open
 * exclusive transaction, which rests on a lock of the operating system. Throws DATA_ROOT_LOCKED or DATA_ROOT_UNUSABLE.
 */
export function lockDataRoot(dataRoot: string): DataRootLock {
  const pidFile = join(dataRoot, 'engine.pid')
  const database = openDatabase(dataRoot)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if ((cause as { errcode?: number }).errcode !== busy) throw unusable(dataRoot, cause)
    throw lockedBy(dataRoot, readPid(pidFile))
  }
  held.add(database)
  writeFileSync(pidFile, `${process.pid}\n`)
  return {
    release: () => {
      rmSync(pidFile, { force: true })
      held.delete(database)
      database.close()
    },
  }
}

function openDatabase(dataRoot: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataRoot, 'lock.db'), { timeout: 0 })
  } catch (cause) {
    throw unusable(dataRoot, cause)
  }
}

function lockedBy(dataRoot: string, pid: number | undefined): Error {
  const holder = pid === undefined ? 'another process' : `pid ${pid}`
  return codedError('DATA_ROOT_LOCKED', `The data root ${dataRoot} is locked by ${holder}`, {
    hint: 'stop that engine, or give this one a root of its own: --data-root DIR',
    details: { dataRoot, pid },
  })
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
