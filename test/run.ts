import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { unlistedSkips } from './skips.ts'
import type { Summary } from './summary-reporter.ts'

const root = join(import.meta.dirname, '..')
/** Milliseconds from the end of the last test to that of the run. */
const patienceMs = 60_000
const total = { passed: 0, failed: 0, skipped: 0 }
/** Told once more at the end, where a log that was cut still has them. */
const failures: string[] = []

/** One tool that either passes or fails as a whole. */
async function check(title: string, command: string, args: readonly string[]): Promise<void> {
  const started = performance.now()
  const { exitCode } = await execa(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
    reject: false,
  })
  total[exitCode === 0 ? 'passed' : 'failed'] += 1
  if (exitCode !== 0) failures.push(title)
  console.log(`${exitCode === 0 ? 'ok' : 'FAILED'}  ${title}  ${seconds(started)}`)
}

/** The test files of one vitest project. */
async function suite(project: string, folder: string): Promise<void> {
  const started = performance.now()
  const file = join(folder, `${project}.json`)
  const run = execa(
    join(root, 'node_modules/.bin/node'),
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=./test/summary-reporter.ts',
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], reject: false, env: { MOBY_TEST_SUMMARY: file } },
  )
  const watch = endWhenDone(run, project, file)
  const { exitCode } = await run
  clearInterval(watch)
  const summary = await readSummary(project, file)
  const unlisted = unlistedSkips(summary.skippedTests)
  failures.push(...summary.failures)
  failures.push(...unlisted.map((name) => `${name}: skipped without an entry in test/skips.ts`))
  total.passed += summary.passed
  total.skipped += summary.skippedTests.length - unlisted.length
  total.failed += summary.failed + unlisted.length
  // Also a run that was ended from outside.
  if (exitCode !== 0 && summary.failed === 0) {
    total.failed += 1
    failures.push(`${project}: the run ended with ${exitCode ?? 'a signal'} although its tests passed`)
  }
  console.log(`${exitCode === 0 ? 'ok' : 'FAILED'}  ${project}: ${summary.passed} tests  ${seconds(started)}`)
}

/** A process that a failed test left would keep its run waiting for ever after the last test. */
function endWhenDone(run: { kill(signal: 'SIGKILL'): boolean }, project: string, file: string): NodeJS.Timeout {
  let doneAt: number | undefined
  return setInterval(() => {
    if (doneAt === undefined && existsSync(file)) doneAt = performance.now()
    if (doneAt === undefined || performance.now() - doneAt < patienceMs) return
    console.log(`FAILED  ${project}: all tests are over, but something that they left holds the run; it is ended`)
    run.kill('SIGKILL')
  }, 1_000)
}

/** A run that died before its end has no summary, and counts as one failure. */
async function readSummary(project: string, file: string): Promise<Summary> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Summary
  } catch {
    return { passed: 0, failed: 1, failures: [`${project}: the run died before its end`], skippedTests: [] }
  }
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

const folder = await mkdtemp(join(tmpdir(), 'moby-run-'))
try {
  await check('types', 'tsc', ['--noEmit', '-p', '.'])
  await check('lint', 'oxlint', ['--deny-warnings'])
  await check('format', 'oxfmt', ['--check', '.'])
  for (const project of ['unit', 'contract', 'e2e']) await suite(project, folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}
for (const failure of failures) console.log(`FAILED  ${failure}`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
