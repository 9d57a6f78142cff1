import { writeFileSync } from 'node:fs'
import process from 'node:process'
import type { TestModule } from 'vitest/node'

export interface Summary {
  readonly passed: number
  readonly failed: number
  /** Full names. */
  readonly skippedTests: readonly string[]
}

/** Counts the tests of a run and writes the result where MOBY_TEST_SUMMARY says. */
export default class SummaryReporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const skippedTests: string[] = []
    let passed = 0
    let failed = unhandledErrors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state === 'passed') passed += 1
        else if (state === 'skipped') skippedTests.push(`${module.relativeModuleId} > ${test.fullName}`)
        else failed += 1
      }
    }
    const file = process.env['MOBY_TEST_SUMMARY']
    if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed, skippedTests } satisfies Summary))
  }
}
