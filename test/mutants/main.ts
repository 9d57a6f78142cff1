import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { readEquivalents } from './read-equivalents.ts'
import { mergePage, renderMutants } from './render-mutants.ts'
import { runMutants } from './run-mutants.ts'

/** The reference drivers whose contracts the kit must hold. */
const reference = [
  'auth-socket',
  'auth-rules',
  'volume-local',
  'ipam-pool',
  'log-json-file',
  'storage-copy',
  'network-bridge',
]
const page = join(import.meta.dirname, '../../docs/reference/conformance-strength.md')

// npm run mutants [-- DRIVER...] [-- --again] [-- --file NAME] [-- --kit] [-- --one-in N]: mechanical mutants of drivers under the
// conformance kit, and under their own unit tests; the results go into the page of the reference. `--again` tries what
// the kit did not find at the last run, `--file` mutates one file, `--kit` leaves the unit tests out, `--one-in` tries a sample.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: 'boolean', default: false },
    kit: { type: 'boolean', default: false },
    'one-in': { type: 'string', default: '1' },
    file: { type: 'string', multiple: true },
  },
})
const oneIn = Number(values['one-in'])
if (!Number.isInteger(oneIn) || oneIn < 1)
  throw new Error(`--one-in takes a whole number from 1 on, not ${values['one-in']}`)
for (const plugin of positionals.length > 0 ? positionals : reference) {
  const report = await runMutants(plugin, {
    again: values.again,
    kitAlone: values.kit,
    oneIn,
    ...(values.file ? { files: values.file } : {}),
  })
  const section = renderMutants(plugin, report.mutants, await readEquivalents(plugin), {
    kitAlone: values.kit,
    oneIn: report.oneIn,
  })
  console.log(section.text)
  const before = await readFile(page, 'utf8').catch(() => '')
  await mkdir(join(page, '..'), { recursive: true })
  await writeFile(page, mergePage(before, section))
  for (const each of section.stale) {
    console.error(`equivalent/${plugin}.yaml: ${each} is no mutant that lives: take the entry out`)
    process.exitCode = 1
  }
}
