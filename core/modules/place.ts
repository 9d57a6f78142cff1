import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/** The names that the library is imported by, and the file of each in its joined form. */
export const entries: Readonly<Record<string, string>> = {
  typebox: 'index.mjs',
  'typebox/compile': 'compile.mjs',
  'typebox/value': 'value.mjs',
}

/** Where the library is installed, and where the joined form of that version is, once it has been made. */
export function findLibrary(): { readonly installed: string; readonly joined: string } {
  const manifest = findPackageJSON('typebox', import.meta.url)
  if (manifest === undefined) throw new Error('The package typebox is not installed; run: npm run setup')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    installed: dirname(manifest),
    joined: join(import.meta.dirname, '../../.cache/joined', `typebox-${version}`),
  }
}
