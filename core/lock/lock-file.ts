import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codedError, hasCode, Lock } from '@moby/contracts'
import { stringify } from 'yaml'
import { checkDocument } from '../manifest/check-document.ts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import { throwProblems } from '../manifest/problems.ts'
import { readDocument } from '../manifest/read-document.ts'
import { YamlFile } from '../manifest/yaml-file.ts'

/** A lock that was read and checked for its form. */
export interface LockFile {
  readonly file: string
  readonly lock: Lock
  readonly yaml: YamlFile
}

/** `moby.lock` lies beside the manifest; `other.yaml` has `other.lock`. */
export function lockPath(manifest: string): string {
  return manifest.replace(/\.ya?ml$/, '') + '.lock'
}

/** Reads the lock of a manifest. Throws LOCK_MISSING, or what is wrong with the file. */
export async function loadLock(manifest: ManifestFile): Promise<LockFile> {
  const file = lockPath(manifest.file)
  const hint = `run: moby lock --assembly ${manifest.file}`
  const text = await readDocument(file, 'lock').catch((error: unknown) => {
    if (!hasCode(error, 'DOCUMENT_MISSING')) throw error
    throw codedError('LOCK_MISSING', `The assembly ${manifest.manifest.assembly} is not locked: there is no ${file}`, {
      span: manifest.spanOf(['assembly']),
      hint,
    })
  })
  return parseLock(file, text)
}

/** The same from a text. */
export function parseLock(file: string, text: string): LockFile {
  const yaml = YamlFile.parse(file, text)
  throwProblems(file, checkDocument({ schema: Lock, file: yaml, value: yaml.value }))
  return { file, lock: yaml.value as Lock, yaml }
}

/** The text of a lock: the same lock always gives the same text. */
export function renderLock(lock: Lock): string {
  const head = '# Written by `moby lock`; not to be edited. Modules run with the full trust of the engine.\n'
  return head + stringify(lock, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** Writes a lock so that a reader sees the old or the new one whole, whatever happens. */
export async function writeLock(file: string, lock: Lock): Promise<void> {
  const temporary = join(dirname(file), `.${process.pid}.lock.tmp`)
  try {
    const handle = await open(temporary, 'w', 0o644)
    try {
      await handle.writeFile(renderLock(lock))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true })
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('DOCUMENT_UNREADABLE', `The lock ${file} cannot be written: ${why}`, {
      hint: 'the folder of the manifest must be writable',
      cause,
    })
  }
}
