import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../../skips.ts'
import { proveSdk } from './prove-sdk.ts'

const sdk = join(import.meta.dirname, '../../../contracts/sdk/go')

describe.skipIf(mustSkip('go'))('the SDK for Go', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-go-'))
  beforeAll(async () => {
    await execa('go', ['build', '-o', join(folder, 'sample'), './internal/samplecomponent'], { cwd: sdk })
  }, 400_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  proveSdk('Go', [join(folder, 'sample')])

  it('passes its own tests, and what go vet and gofmt say', async () => {
    const run = async (program: string, ...args: string[]) => (await execa(program, args, { cwd: sdk, all: true })).all
    expect(await run('gofmt', '-l', '.')).toBe('')
    expect(await run('go', 'vet', './...')).toBe('')
    expect(await run('go', 'test', './...')).toContain('ok  \tmoby-origin/sdk/wire')
  })
})
