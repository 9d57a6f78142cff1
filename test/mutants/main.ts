import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { renderMutants } from './render-mutants.ts'
import { runMutants, type Mutant } from './run-mutants.ts'

/** The reference drivers whose contracts the kit must hold. */
const reference = ['auth-socket', 'volume-local', 'ipam-pool', 'log-json-file', 'storage-copy', 'network-bridge']
const page = join(import.meta.dirname, '../../docs/reference/strength-of-the-kit.md')

// npm run mutants [-- PLUGIN...] [-- --write]: mechanical mutants of drivers under the conformance kit.
const args = process.argv.slice(2)
const plugins = args.filter((each) => !each.startsWith('--'))
const results = new Map<string, readonly Mutant[]>()
for (const plugin of plugins.length > 0 ? plugins : reference) results.set(plugin, await runMutants(plugin))
const text = renderMutants(results)
console.log(text)
if (args.includes('--write')) await writeFile(page, text)
