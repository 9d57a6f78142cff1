import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import type { Contender } from '../../bench/contenders.ts'

/** How the tests of a suite went, by their titles. */
export interface SuiteResult {
  readonly passed: ReadonlySet<string>
  /** With what each said. */
  readonly failed: ReadonlyMap<string, string>
}

interface Report {
  readonly tests: readonly { readonly fullTitle: string; readonly err?: { readonly message?: string } }[]
}

const suite = join(import.meta.dirname, '../../../.cache/dockerode')
/** Names of images that the suite wants to be there already. */
const names = ['ubuntu:latest', 'alpine:latest', 'busybox:latest', 'redis:latest']
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Runs dockerode's suite against an engine that has this root under the names that the suite wants. */
export async function runSuite(engine: Contender, root: Uint8Array, words: readonly string[]): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'dockerode-'))
  try {
    const [first = '', ...others] = names
    const changes = ['--change', `ENV ${path}`, '--change', 'CMD ["bash"]']
    // What the suite leaves behind goes with the folder.
    const env = { ...engine.environment, HOME: folder, TMPDIR: folder }
    await execa('docker', ['import', ...changes, '-', first], { env, input: root })
    for (const name of others) await execa('docker', ['tag', first, name], { env })
    const report = join(folder, 'report.json')
    const reporting = ['--reporter', 'json', '--reporter-option', `output=${report}`, '--exit']
    const { all } = await execa(process.execPath, ['node_modules/mocha/bin/mocha.js', ...reporting, ...words], {
      cwd: suite,
      env,
      all: true,
      reject: false,
    })
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`the suite has told no result:\n${all.split('\n').slice(-20).join('\n')}`)
    })
    return resultOf(JSON.parse(text) as Report)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Some tests have the same title: they are told apart by their number. */
function resultOf({ tests }: Report): SuiteResult {
  const counts = new Map<string, number>()
  const passed = new Set<string>()
  const failed = new Map<string, string>()
  for (const { fullTitle, err = {} } of tests) {
    const count = (counts.get(fullTitle) ?? 0) + 1
    counts.set(fullTitle, count)
    const title = count === 1 ? fullTitle : `${fullTitle} (${count})`
    if (Object.keys(err).length === 0) passed.add(title)
    else failed.set(title, (err.message ?? '').replaceAll(/\s+/g, ' ').slice(0, 200))
  }
  return { passed, failed }
}
