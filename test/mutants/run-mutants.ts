import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')
const cache = join(root, '.cache/mutants')

/** A mutant as the report has it (mutation-testing-report-schema 3). */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** `ConditionalExpression` and the like. */
  readonly mutator: string
  readonly replacement: string
  readonly status:
    | 'Killed'
    | 'Survived'
    | 'Timeout'
    | 'NoCoverage'
    | 'RuntimeError'
    | 'CompileError'
    | 'Ignored'
    | string
}

/**
 * Makes mutants of a driver's sources, each one small change, and runs the conformance kit over each in namespaces of
 * its own, so that one that is ended leaves neither mounts nor links nor files.
 */
export async function runMutants(plugin: string): Promise<readonly Mutant[]> {
  const work = join(cache, plugin)
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  const report = join(work, 'report.json')
  const config = join(work, 'stryker.config.json')
  await writeFile(config, JSON.stringify(configOf(plugin, work, report)))
  // The sources are TypeScript as they are run, and the sandbox is a copy of this project.
  await execa(join(root, 'node_modules/.bin/node'), [strykerProgram, 'run', config], { cwd: root, stdio: 'inherit' })
  const { files } = JSON.parse(await readFile(report, 'utf8')) as Report
  await rm(join(work, 'sandbox'), { recursive: true, force: true })
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map(({ location, mutatorName, replacement = '', status }) => ({
      file,
      line: location.start.line,
      mutator: mutatorName,
      replacement,
      status,
    })),
  )
}

const strykerProgram = join(root, '.cache/stryker/node_modules/@stryker-mutator/core/bin/stryker.js')

interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly location: { readonly start: { readonly line: number } }
          readonly mutatorName: string
          readonly replacement?: string
          readonly status: string
        }[]
      }
    >
  >
}

function configOf(plugin: string, work: string, report: string): Record<string, unknown> {
  const inside = `mount -t tmpfs tmpfs /tmp && ip link set lo up && exec node_modules/.bin/node test/mutants/kit.ts ${plugin}`
  return {
    testRunner: 'command',
    commandRunner: { command: `unshare --mount --net --pid --fork --kill-child --mount-proc sh -c '${inside}'` },
    mutate: [`plugins/${plugin}/**/*.ts`, '!**/*.test.ts', '!**/*.fixture.ts', '!**/testing/**'],
    plugins: [join(import.meta.dirname, 'ignore-words.ts')],
    ignorers: ['words'],
    coverageAnalysis: 'off',
    concurrency: availableParallelism(),
    timeoutMS: 15_000,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(work, 'sandbox'),
    ignorePatterns: ['.cache', 'docs', 'examples', 'test/compat', 'test/e2e'],
    allowEmpty: false,
    // There is nothing to rewrite in it, and the library cannot read it with the compiler of today.
    tsconfigFile: 'none.json',
  }
}
