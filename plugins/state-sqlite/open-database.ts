import { copyFileSync, existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { codedError } from '@moby/contracts'
import { saysDamaged, stateError } from './sqlite-error.ts'

/** Version of the tables below. A step from each older one to the next belongs into `migrations`. */
export const schemaVersion = 1

/** Tells our databases from others: "Moby" as a number. */
const applicationId = 0x4d6f6279

/** `changes` repeats what watchers may ask for; its newest revision is that of the store. */
const migrations = [
  `CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE changes (
     revision INTEGER NOT NULL, ordinal INTEGER NOT NULL, key TEXT NOT NULL, value TEXT,
     PRIMARY KEY (revision, ordinal)
   ) WITHOUT ROWID;`,
]

/**
 * Opens the database, made at the first time. Checkpoints are the caller's business: commits must
 * never wait for the disk. Errors: STATE_SCHEMA_NEWER, STATE_CORRUPT (with a copy beside the file).
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 1000, enableForeignKeyConstraints: false })
    checkOwner(database, file)
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216',
    )
    const [flaw] = database.prepare('PRAGMA quick_check(1)').all()
    if (flaw?.['quick_check'] !== 'ok') throw damagedError(file, String(flaw?.['quick_check']))
    migrate(database)
    return database
  } catch (error) {
    const failure = saysDamaged(error) ? damagedError(file, (error as Error).message) : stateError(file, error)
    database?.close()
    throw failure
  }
}

function checkOwner(database: DatabaseSync, file: string): void {
  const found = pragma(database, 'application_id')
  if (found !== applicationId && (found !== 0 || pragma(database, 'schema_version') !== 0)) {
    throw damagedError(file, 'it belongs to another program')
  }
  const version = pragma(database, 'user_version')
  if (version > schemaVersion) {
    throw codedError(
      'STATE_SCHEMA_NEWER',
      `The state database ${file} has schema ${version}, this version of the engine knows ${schemaVersion}.`,
      {
        hint: 'Start a version at least as new as the last one on this data root, or use another data root.',
        details: { found: version, known: schemaVersion },
      },
    )
  }
}

function migrate(database: DatabaseSync): void {
  const version = pragma(database, 'user_version')
  if (version === schemaVersion) return
  const steps = migrations.slice(version).join('\n')
  database.exec(`BEGIN IMMEDIATE; ${steps}
    PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

/** Copies what is damaged, before anything else is done to it, and says so. The original stays: an empty
 * state would make the engine take every container for a stray. */
function damagedError(file: string, reason: string): Error {
  const stamp = statSync(file).mtime.toISOString().replaceAll(/[:.]/g, '-')
  const copy = `${file}.corrupt-${stamp}`
  if (!existsSync(copy)) {
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    copyFileSync(file, copy)
  }
  return codedError('STATE_CORRUPT', `The state database ${file} is damaged: ${reason}.`, {
    hint:
      `A copy was kept as ${copy}. Put a backup in the place of ${file}, or move ${file} away to begin with an ` +
      'empty state, in which no container or image is known.',
    details: { file, copy, reason },
  })
}
