import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import process from 'node:process'
import { ConfiguredAssembly } from './configured-assembly.ts'

/**
 * Writes the default assembly with components in processes or containers of their own, for a run of the Docker tests
 * against it:
 *
 *     node test/e2e/make-out-of-process.ts process|container FOLDER [COMPONENT ...]
 *     MOBY_E2E_ASSEMBLY=FOLDER/moby.yaml node_modules/.bin/vitest run --project e2e docker
 */
const [mode, folder, ...components] = process.argv.slice(2)
if ((mode !== 'process' && mode !== 'container') || folder === undefined) {
  throw new Error('usage: make-out-of-process.ts process|container FOLDER [COMPONENT ...]')
}
await mkdir(resolve(folder), { recursive: true })
const made = await ConfiguredAssembly.outOfProcess({
  mode,
  folder: resolve(folder),
  ...(components.length === 0 ? {} : { components }),
})
process.stdout.write(`${made.file}\n`)
