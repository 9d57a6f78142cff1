import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ShimPlace } from '../bootstrap/shim.ts'

/** What must be known of a task after a restart, and all that its removal needs. */
export interface TaskRecord {
  readonly id: string
  readonly bundle: string
  readonly namespace: string
  /** Absolute path of the shim. */
  readonly shim: string
  /** The runtime that the shim calls, fixed for the life of the task; absent for shims that bring their own. */
  readonly runtime?: { readonly command: string; readonly root: string; readonly systemdCgroup: boolean } | undefined
  /** Absolute `cgroupsPath` of the container's configuration. */
  readonly cgroup?: string | undefined
  /** Absent while the shim is being started. */
  readonly place?: ShimPlace | undefined
}

/**
 * The records of all tasks, one file each. Written in one step and without fsync: they need not survive
 * the loss of power, which no task survives either.
 */
export class TaskRecords {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  write(record: TaskRecord): void {
    const path = this.#path(record.id)
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }

  /** Undefined when there is none that can be read. */
  read(id: string): TaskRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), 'utf8')) as TaskRecord
    } catch {
      return undefined
    }
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true })
    rmSync(`${this.#path(id)}.new`, { force: true })
  }

  list(): TaskRecord[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => this.read(name.slice(0, -'.json'.length)))
      .filter((record) => record !== undefined)
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }
}
