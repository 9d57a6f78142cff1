import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { nodeOptions, sources } from './program.ts'

/**
 * First stage of the name server process: writes its sources without types and becomes them. A process that strips
 * types itself keeps 17 MB for it as long as it lives. Arguments as those of process.ts.
 */
const [folder = '.', version = ''] = process.argv.slice(2)
const code = join(folder, 'code')
mkdirSync(code, { recursive: true, mode: 0o700 })
for (const source of sources) {
  const text = stripTypeScriptTypes(readFileSync(new URL(`${source}.ts`, import.meta.url), 'utf8'))
  writeFileSync(join(code, `${source}.mjs`), text.replace(/(from '\.\/[a-z-]+)\.ts'/g, "$1.mjs'"))
}
const words = [process.execPath, ...nodeOptions, join(code, 'process.mjs'), folder, version]
// Linux has it; the type allows for systems that do not.
process.execve?.(process.execPath, words, {})
