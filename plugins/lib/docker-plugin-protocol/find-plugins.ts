import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, isCodedError, type CodedError } from '@moby/contracts'
import type { PluginAddress } from './address.ts'
import { readSpec } from './read-spec.ts'

/** A plugin as its file tells of it, whether it listens or not. */
export interface FoundPlugin {
  readonly name: string
  /** The socket, or the file that names the address. */
  readonly file: string
  readonly address: PluginAddress
  /** Differs when the file was replaced: a plugin that started again has a new socket. */
  readonly mark: string
}

/** What a name may be: the file name in a plugin folder without its ending. */
const nameRule = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/
const specEndings = ['spec', 'json'] as const
const mostEntries = 1024

/**
 * Looks a plugin up by name, as Docker does: sockets `NAME.sock` and `NAME/NAME.sock` in every folder first, then
 * `NAME.spec`, `NAME.json` and the same in a folder of that name. Undefined when there is none. Fails with
 * PLUGIN_SPEC_INVALID for a file that tells no address. A few calls of stat(2), so that it can be asked at any time.
 */
export function findPlugin(folders: readonly string[], name: string): FoundPlugin | undefined {
  if (!nameRule.test(name)) return undefined
  for (const folder of folders) {
    for (const file of [join(folder, `${name}.sock`), join(folder, name, `${name}.sock`)]) {
      const mark = markOf(file, 'socket')
      if (mark !== undefined) return { name, file, address: { kind: 'unix', path: file }, mark }
    }
  }
  for (const folder of folders) {
    for (const base of [join(folder, name), join(folder, name, name)]) {
      for (const ending of specEndings) {
        const file = `${base}.${ending}`
        const mark = markOf(file, 'file')
        if (mark !== undefined) return { name, file, address: readSpec(file), mark }
      }
    }
  }
  return undefined
}

/** Every plugin of the folders by name, and what is wrong with files that tell none. A missing folder is empty. */
export function scanPlugins(folders: readonly string[]): { found: FoundPlugin[]; problems: CodedError[] } {
  const names = new Set<string>()
  const problems: CodedError[] = []
  for (const folder of folders) {
    const entries = listFolder(folder)
    if (entries.length > mostEntries) {
      problems.push(
        codedError('PLUGIN_SPEC_INVALID', `${folder} has ${entries.length} entries, only ${mostEntries} are looked at`),
      )
    }
    for (const entry of entries.slice(0, mostEntries)) names.add(entry.replace(/\.(sock|spec|json)$/, ''))
  }
  const found = [...names].toSorted().flatMap((name) => {
    try {
      return findPlugin(folders, name) ?? []
    } catch (error) {
      if (!isCodedError(error)) throw error
      problems.push(error)
      return []
    }
  })
  return { found, problems }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** The mark of a plugin's file as it is now, undefined when the file is gone. */
export function readMark({ file, address }: FoundPlugin): string | undefined {
  return markOf(file, address.kind === 'unix' && address.path === file ? 'socket' : 'file')
}

function markOf(file: string, wanted: 'socket' | 'file'): string | undefined {
  try {
    // A socket may be reached through a link; a link alone tells by itself when it is replaced.
    const status = statSync(file, { bigint: true })
    if (wanted === 'socket' ? !status.isSocket() : !status.isFile()) return undefined
    return `${status.dev}:${status.ino}:${status.ctimeNs}:${lstatSync(file, { bigint: true }).ctimeNs}`
  } catch {
    return undefined
  }
}
