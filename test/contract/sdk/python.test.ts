import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { mustSkip } from '../../skips.ts'
import { proveSdk } from './prove-sdk.ts'

const sdk = join(import.meta.dirname, '../../../contracts/sdk/python')

describe.skipIf(mustSkip('python'))('the SDK for Python', { timeout: 120_000 }, () => {
  proveSdk('Python', ['python3', '-B', join(sdk, 'tests/sample_component.py')])

  it('passes its own tests', async () => {
    const { all } = await execa('python3', ['-B', '-m', 'unittest', 'discover', '-s', 'tests'], { cwd: sdk, all: true })
    expect(all).toMatch(/Ran \d\d tests[^]*OK$/)
  })
})
