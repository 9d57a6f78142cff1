import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { entries, findJoined } from './place.ts'

/**
 * Writes libraries as a few files: in the nine hundred that they are installed as, finding and reading them takes a good
 * part of the time in which the command starts (decision 16). What was made of other versions goes. Answers whether
 * there was anything to do.
 */
export async function joinLibraries(): Promise<boolean> {
  const joined = findJoined()
  if (joined === undefined) throw new Error('npm has not installed the libraries; run: npm run setup')
  if (existsSync(joined)) return false
  const parent = dirname(joined)
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) rmSync(join(parent, name), { recursive: true, force: true })
  const made = mkdtempSync(join(parent, 'making-'))
  const sources = join(made, 'sources')
  mkdirSync(sources)
  try {
    const input: Record<string, string> = {}
    for (const [specifier, file] of Object.entries(entries)) {
      input[basename(file, '.mjs')] = await sourceOf(specifier, join(sources, file))
    }
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' })
    await bundle.write({ dir: made, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'part-[hash].mjs' })
    await bundle.close()
    rmSync(sources, { recursive: true })
    // Others may run the command too; a folder made for the moment is its maker's alone.
    chmodSync(made, 0o755)
    renameSync(made, joined)
  } catch (error) {
    rmSync(made, { recursive: true })
    // Another set-up may have been faster.
    if (!existsSync(joined)) throw error
  }
  return true
}

/** A module to begin with: the library itself, or one at `place` that gives the names of a CommonJS library. */
async function sourceOf(specifier: string, place: string): Promise<string> {
  const installed = fileURLToPath(import.meta.resolve(specifier))
  const names = Object.keys((await import(specifier)) as object)
  if (!names.includes('module.exports')) return installed
  const named = names.filter((name) => name !== 'module.exports' && name !== 'default')
  const lines = [
    `import library from ${JSON.stringify(installed)}`,
    'export default library',
    ...named.map((name) => `export const ${name} = library.${name}`),
  ]
  writeFileSync(place, lines.join('\n'))
  return place
}

if (import.meta.main) {
  const isNew = await joinLibraries()
  console.log(isNew ? 'set-up: libraries joined into a few files' : 'set-up: libraries are joined')
}
