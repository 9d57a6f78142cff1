import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { foldersOf } from './driver-folders.ts'
import { nameOf } from './kit-runner.ts'
import { mergeReports, readReport, type MutantReport } from './mutant-report.ts'

const root = join(import.meta.dirname, '../..')
const cache = join(root, '.cache/mutants')
const strykerProgram = join(root, '.cache/stryker/node_modules/@stryker-mutator/core/bin/stryker.js')

export interface RunOptions {
  /** Only these files of the driver, by the end of their paths; absent, all. */
  readonly files?: readonly string[]
  /** Only mutants that the last run did not find, and files that have changed since. */
  readonly again?: boolean
  /** The kit alone: what it does not find counts as not found until the next run. */
  readonly kitAlone?: boolean
  /** A sample of one mutant in so many; with `again` that of the last run. */
  readonly oneIn?: number
}

/**
 * Makes mutants of a driver's sources, each one small change, and runs the conformance kit over each, then the driver's
 * own unit tests over those that the kit does not find. What was not run now is as the last run told.
 */
export async function runMutants(plugin: string, options: RunOptions = {}): Promise<MutantReport> {
  const work = join(cache, plugin)
  await mkdir(work, { recursive: true })
  const kept = join(work, 'kept.json')
  const last = existsSync(kept) ? (JSON.parse(await readFile(kept, 'utf8')) as MutantReport) : undefined
  const changed = await changedSince(last)
  const oneIn = options.again ? (last?.oneIn ?? 1) : (options.oneIn ?? 1)
  const mutate = placesOf(plugin, options, last, changed)
  if (mutate.length === 0 && last !== undefined) return last
  const report = join(work, 'report.json')
  const config = join(work, 'stryker.config.json')
  const known = options.again ? foundByUnit(last, changed) : []
  await writeFile(
    config,
    JSON.stringify(
      configOf({ plugin, foundByUnit: known, alone: options.kitAlone ?? false, oneIn }, mutate, work, report),
    ),
  )
  // The sources are TypeScript as they are run, and the sandbox is a copy of this project.
  await execa(join(root, 'node_modules/.bin/node'), [strykerProgram, 'run', config], { cwd: root, stdio: 'inherit' })
  await rm(join(work, 'sandbox'), { recursive: true, force: true })
  const found = readReport(await readFile(report, 'utf8'), oneIn)
  const result = last !== undefined && options.again ? mergeReports(last, found) : found
  await writeFile(kept, JSON.stringify(result))
  return result
}

/** Files that are not as they were at the last run. */
async function changedSince(last: MutantReport | undefined): Promise<ReadonlySet<string>> {
  const changed = new Set<string>()
  for (const [file, source] of Object.entries(last?.sources ?? {})) {
    const now = await readFile(join(root, file), 'utf8').catch(() => undefined)
    if (now !== source) changed.add(file)
  }
  return changed
}

/** What is mutated: whole files, or the places of mutants that the kit has not found in files that are as they were. */
function placesOf(
  plugin: string,
  { files, again }: RunOptions,
  last: MutantReport | undefined,
  changed: ReadonlySet<string>,
): readonly string[] {
  if (!again || last === undefined) {
    const folders = foldersOf(plugin)
    return (files ?? ['*.ts']).flatMap((file) => folders.map((folder) => `plugins/${folder}/**/${file}`))
  }
  const living = last.mutants.filter(({ file, foundBy }) => foundBy !== 'kit' && !changed.has(file))
  return [...new Set([...changed, ...living.map(({ file, place }) => `${file}:${place}`)])]
}

/** Their names for the runner: what the unit tests found stays found, and is asked of the kit alone. */
function foundByUnit(last: MutantReport | undefined, changed: ReadonlySet<string>): string[] {
  return (last?.mutants ?? [])
    .filter((each) => each.foundBy === 'unit' && !changed.has(each.file))
    .map(({ file, place, mutator, becomes }) => {
      const [line, column] = place.split('-')[0]?.split(':').map(Number) ?? []
      const start = { line: (line ?? 0) - 1, column: column ?? 0 }
      return nameOf({ fileName: file, location: { start }, mutatorName: mutator, replacement: becomes })
    })
}

function configOf(
  kit: {
    readonly plugin: string
    readonly foundByUnit: readonly string[]
    readonly alone: boolean
    readonly oneIn: number
  },
  mutate: readonly string[],
  work: string,
  report: string,
): Record<string, unknown> {
  return {
    testRunner: 'kit',
    kit,
    coverageAnalysis: 'off',
    mutate: [...mutate, '!**/*.test.ts', '!**/*.fixture.ts', '!**/testing/**'],
    plugins: [join(import.meta.dirname, 'ignore-words.ts'), join(import.meta.dirname, 'kit-runner.ts')],
    ignorers: ['words'],
    symlinkNodeModules: false,
    buildCommand: `${join(root, 'node_modules/.bin/node')} test/mutants/link-modules.ts ${root}`,
    concurrency: Math.max(1, Math.floor(availableParallelism() / 2)),
    // The runner has deadlines of its own; this one is for a runner that is stuck.
    timeoutMS: 300_000,
    dryRunTimeoutMinutes: 10,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(work, 'sandbox'),
    ignorePatterns: ['.cache', 'docs', 'examples', 'test/compat', 'test/e2e'],
    allowEmpty: false,
    warnings: { unknownOptions: false },
    // There is nothing to rewrite in it, and the library cannot read it with the compiler of today.
    tsconfigFile: 'none.json',
  }
}
