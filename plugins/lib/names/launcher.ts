import { mkdirSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { collectSources, nodeOptions, writtenEntry } from './program.ts'

/**
 * First stage of the name server process: writes its sources without types and becomes them. A process that strips
 * types itself keeps 17 MB for it as long as it lives. Arguments as those of process.ts.
 */
const [folder = '.', version = ''] = process.argv.slice(2)
const code = join(folder, 'code')
mkdirSync(code, { recursive: true, mode: 0o700 })
for (const { text, written, imports } of collectSources()) {
  const plain = stripTypeScriptTypes(text).replace(
    /(\bfrom |\bimport\()'([^']+)'/g,
    (whole, before: string, specifier: string) => {
      const target = imports.get(specifier)
      return target === undefined ? whole : `${before}'${target}'`
    },
  )
  writeFileSync(join(code, written), plain)
}
const words = [process.execPath, ...nodeOptions, join(code, writtenEntry), folder, version]
// Linux has it; the type allows for systems that do not.
process.execve?.(process.execPath, words, {})
