import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/** The names that libraries are imported by, and the file of each in their joined form. */
export const entries: Readonly<Record<string, string>> = {
  fastify: 'fastify.mjs',
  pino: 'pino.mjs',
  semver: 'semver.mjs',
  typebox: 'typebox.mjs',
  'typebox/compile': 'typebox-compile.mjs',
  'typebox/value': 'typebox-value.mjs',
  yaml: 'yaml.mjs',
}

/**
 * Folder of the joined form of the libraries as they are installed, once it has been made. It has the name of all that
 * npm has installed, so that libraries which those need count too. Undefined where npm has not installed them.
 */
export function findJoined(): string | undefined {
  const manifest = findPackageJSON('typebox', import.meta.url)
  const installed = manifest === undefined ? undefined : join(dirname(manifest), '../.package-lock.json')
  if (installed === undefined || !existsSync(installed)) return undefined
  return join(import.meta.dirname, '../../.cache/joined', hash('sha256', readFileSync(installed)).slice(0, 16))
}
