import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  codedError,
  implement,
  stateStore,
  type CallOptions,
  type Change,
  type Implementation,
  type ItemOf,
  type RequestOf,
} from '@moby/contracts'
import { Checkpointer } from './checkpointer.ts'
import { FlushGroup } from './flush-group.ts'
import { openDatabase, schemaVersion } from './open-database.ts'
import { stateError } from './sqlite-error.ts'

type ListRequest = RequestOf<typeof stateStore, 'list'>
type CommitRequest = RequestOf<typeof stateStore, 'commit'>
type WatchRequest = RequestOf<typeof stateStore, 'watch'>
type WatchItem = ItemOf<typeof stateStore, 'watch'>

/** Sorts behind every key. */
const beyond = '\u{10ffff}'
/** Bounds of one read, so that it takes a few milliseconds at most. */
const pageRows = 1000
const pageCharacters = 1024 * 1024
const watchRows = 200

export interface SqliteStoreOptions {
  /** Path of the database file; its folder exists. */
  readonly file: string
  /** Revisions whose changes are kept for watchers. */
  readonly retainedRevisions: number
  /** Replaces the flush of the write-ahead log, for tests. */
  readonly flush?: (log: FileHandle) => Promise<void>
}

/**
 * `state.store` on SQLite in WAL mode. A commit writes to the page cache only (that is durability
 * `process`: it survives our death); for `power-loss` the log file is flushed afterwards in a thread
 * of the pool, one flush for all who wait.
 */
export class SqliteStore {
  readonly api: Implementation<typeof stateStore> = implement(stateStore, {
    info: async () => ({ schemaVersion, revision: String(this.#revision) }),
    get: async ({ key }) => this.#guarded(() => this.#get(key)),
    list: async (request) => this.#guarded(() => this.#list(request)),
    commit: (request) => this.#commit(request),
    watch: (request, call) => this.#watch(request, call),
  })

  readonly #file: string
  readonly #retained: number
  readonly #database: DatabaseSync
  readonly #log: FileHandle
  readonly #flushes: FlushGroup
  readonly #checkpointer: Checkpointer
  readonly #statements
  readonly #watchers = new Set<() => void>()
  #revision: number
  #closed = false

  private constructor(options: SqliteStoreOptions, database: DatabaseSync, log: FileHandle) {
    this.#file = options.file
    this.#retained = options.retainedRevisions
    this.#database = database
    this.#log = log
    const flush = options.flush ?? ((handle: FileHandle) => handle.datasync())
    this.#flushes = new FlushGroup(() => flush(log))
    this.#checkpointer = new Checkpointer(options.file)
    this.#statements = prepare(database)
    this.#revision = Number(database.prepare('SELECT max(revision) AS newest FROM changes').get()?.['newest'] ?? 0)
  }

  /** Errors: STATE_SCHEMA_NEWER, STATE_CORRUPT, STATE_WRITE_FAILED. */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const database = openDatabase(options.file)
    // There since the first read, and the same file as long as the database is open.
    const log = await open(`${options.file}-wal`, 'r')
    const folder = await open(dirname(options.file), 'r')
    await folder.sync().finally(() => folder.close())
    return new SqliteStore(options, database, log)
  }

  /** Ends watchers, waits for what is under way and carries everything over into the database file. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const wake of this.#watchers) wake()
    await Promise.allSettled([this.#flushes.join(), this.#checkpointer.idle()])
    await this.#log.close()
    this.#database.close()
  }

  #get(key: string) {
    const row = this.#statements.get.get(key)
    return row === undefined ? {} : { entry: toEntry(row) }
  }

  #list({ prefix, after, limit = pageRows }: ListRequest) {
    const wanted = Math.min(limit, pageRows)
    const from = after !== undefined && after >= prefix ? after : undefined
    const rows = (from === undefined ? this.#statements.listFrom : this.#statements.listAfter).iterate(
      from ?? prefix,
      prefix + beyond,
      wanted + 1,
    )
    const entries = []
    let characters = 0
    let more = false
    for (const row of rows) {
      more = entries.length === wanted || characters > pageCharacters
      if (more) break
      characters += String(row['value']).length
      entries.push(toEntry(row))
    }
    return { entries, revision: String(this.#revision), more }
  }

  async #commit({ changes, durability }: CommitRequest) {
    const revision = this.#guarded(() => this.#apply(changes))
    if (durability === 'power-loss') {
      try {
        await this.#flushes.join()
      } catch (error) {
        throw stateError(this.#file, error)
      }
    }
    return { revision: String(revision) }
  }

  #apply(changes: readonly Change[]): number {
    const revision = this.#revision + 1
    let bytes = 0
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const [ordinal, change] of changes.entries()) bytes += this.#applyOne(change, revision, ordinal)
      this.#statements.trim.run(revision - this.#retained)
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    this.#revision = revision
    this.#checkpointer.wrote(bytes)
    for (const wake of this.#watchers) wake()
    return revision
  }

  #applyOne(change: Change, revision: number, ordinal: number): number {
    const key = 'put' in change ? change.put : change.delete
    if (change.expect !== undefined) this.#expect(key, change.expect)
    if ('delete' in change) {
      this.#statements.delete.run(key)
      this.#statements.record.run(revision, ordinal, key, null)
      return 0
    }
    const value = JSON.stringify(change.value) as string | undefined
    if (value === undefined) throw codedError('WIRE_REQUEST_INVALID', `The value for the key ${key} is not JSON.`)
    this.#statements.put.run(key, value, revision)
    this.#statements.record.run(revision, ordinal, key, value)
    return 2 * value.length
  }

  #expect(key: string, expected: string): void {
    const found = this.#statements.get.get(key)?.['revision'] ?? 0
    if (BigInt(expected) === BigInt(Number(found))) return
    throw codedError('STATE_CONFLICT', `The key ${key} has revision ${found}, not ${expected}.`, {
      details: { key, expected, found: String(found) },
    })
  }

  async *#watch({ prefix, after }: WatchRequest, call: CallOptions = {}): AsyncIterable<WatchItem> {
    let position = { revision: after === undefined ? this.#revision : Number(after), ordinal: Infinity }
    let waking: (() => void) | undefined
    const wake = () => waking?.()
    this.#watchers.add(wake)
    call.signal?.addEventListener('abort', wake)
    try {
      for (;;) {
        if (call.signal?.aborted === true) throw codedError('CANCELLED', `The watch on ${prefix} was given up.`)
        if (this.#closed) return
        const rows = this.#guarded(() => this.#changesAfter(position.revision, position.ordinal))
        for (const row of rows) {
          const key = String(row['key'])
          if (!key.startsWith(prefix)) continue
          const value = row['value']
          const revision = String(row['revision'])
          yield value === null
            ? { key, deleted: true, revision }
            : { key, value: readValue(key, value), deleted: false, revision }
        }
        const last = rows.at(-1)
        if (last !== undefined) {
          position = { revision: Number(last['revision']), ordinal: Number(last['ordinal']) }
          await setImmediate()
        } else if (position.revision === this.#revision) {
          await new Promise<void>((resolve) => (waking = resolve))
        }
      }
    } finally {
      this.#watchers.delete(wake)
      call.signal?.removeEventListener('abort', wake)
    }
  }

  #changesAfter(revision: number, ordinal: number) {
    const oldest = Number(this.#statements.oldest.get()?.['oldest'] ?? this.#revision + 1)
    if (revision > this.#revision || revision < oldest - 1) {
      throw codedError('STATE_REVISION_GONE', `Changes after revision ${revision} are not kept any more.`, {
        hint: 'Read the keys anew and watch from the revision of that answer.',
        details: { oldest: String(oldest - 1), newest: String(this.#revision) },
      })
    }
    return this.#statements.changes.all(revision, Math.min(ordinal, Number.MAX_SAFE_INTEGER), watchRows)
  }

  #guarded<T>(read: () => T): T {
    if (this.#closed) throw codedError('DRIVER_AWAY', 'The state store is closed.')
    try {
      return read()
    } catch (error) {
      throw stateError(this.#file, error)
    }
  }
}

function toEntry(row: Record<string, unknown>) {
  const key = String(row['key'])
  return { key, value: readValue(key, row['value']), revision: String(row['revision']) }
}

function readValue(key: string, text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch (error) {
    throw codedError('STATE_CORRUPT', `The state database holds something for the key ${key} that is not JSON.`, {
      hint: 'Restore the database from a backup.',
      cause: error,
      details: { key },
    })
  }
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql)
  const list = (comparison: string) =>
    statement(`SELECT key, value, revision FROM entries WHERE key ${comparison} ? AND key < ? ORDER BY key LIMIT ?`)
  return {
    get: statement('SELECT key, value, revision FROM entries WHERE key = ?'),
    listFrom: list('>='),
    listAfter: list('>'),
    put: statement(
      'INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision',
    ),
    delete: statement('DELETE FROM entries WHERE key = ?'),
    record: statement('INSERT INTO changes VALUES (?, ?, ?, ?)'),
    trim: statement('DELETE FROM changes WHERE revision <= ?'),
    oldest: statement('SELECT min(revision) AS oldest FROM changes'),
    changes: statement(
      'SELECT revision, ordinal, key, value FROM changes WHERE (revision, ordinal) > (?, ?) ORDER BY revision, ordinal LIMIT ?',
    ),
  }
}
