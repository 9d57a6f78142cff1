import { writeFileSync } from 'node:fs'
import process from 'node:process'
import type { TestModule } from 'vitest/node'

export interface Summary {
  readonly passed: number
  readonly failed: number
  /** Full names, each with the first lines of why. */
  readonly failures: readonly string[]
  /** Full names. */
  readonly skippedTests: readonly string[]
}

/** Counts the tests of a run and writes the result where MOBY_TEST_SUMMARY says. */
export default class SummaryReporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const skippedTests: string[] = []
    let passed = 0
    const failures = unhandledErrors.map((error) => `outside of any test: ${firstLines(error)}`)
    for (const module of modules) {
      failures.push(...module.errors().map((error) => `${module.relativeModuleId}: ${firstLines(error)}`))
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        const name = `${module.relativeModuleId} > ${test.fullName}`
        if (state === 'passed') passed += 1
        else if (state === 'skipped') skippedTests.push(name)
        else failures.push(`${name}: ${firstLines(errors?.[0])}`)
      }
    }
    const file = process.env['MOBY_TEST_SUMMARY']
    const summary: Summary = { passed, failed: failures.length, failures, skippedTests }
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary))
  }
}

function firstLines(error: unknown): string {
  const message = error instanceof Object && 'message' in error ? String(error.message) : String(error)
  return message.split('\n').slice(0, 20).join(' ').slice(0, 1500)
}
