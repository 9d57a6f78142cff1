import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { entries, findLibrary } from './place.ts'

/**
 * Writes the library as a few files: in the seven hundred that it is installed as, finding and reading them takes most
 * of the time in which the command starts (decision 16). What was made of other versions goes. Answers whether there
 * was anything to do.
 */
export async function joinLibrary(): Promise<boolean> {
  const { installed, joined } = findLibrary()
  if (existsSync(joined)) return false
  const parent = dirname(joined)
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    if (name.startsWith('typebox-')) rmSync(join(parent, name), { recursive: true })
  }
  const made = mkdtempSync(join(parent, 'making-'))
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [
      basename(file, '.mjs'),
      join(installed, 'build', name.slice('typebox'.length), 'index.mjs'),
    ]),
  )
  try {
    const bundle = await rolldown({ input, logLevel: 'warn' })
    await bundle.write({ dir: made, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'part-[hash].mjs' })
    await bundle.close()
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

if (import.meta.main) {
  const isNew = await joinLibrary()
  console.log(isNew ? 'set-up: typebox joined into a few files' : 'set-up: typebox is joined')
}
