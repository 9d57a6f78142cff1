import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRecord, writeRecord } from './volume-record.ts'

const record = { name: 'a', createdAt: '2026-01-01T00:00:00.000Z', options: { o: 'ro' }, users: ['u'] }

describe('the record of a volume', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'record-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is read as it was written, and nothing is left beside it', async () => {
    const own = join(folder, 'new')
    await writeRecord(own, { ...record, users: [] }, { flush: true })
    await writeRecord(own, record, { flush: false })
    expect(await readRecord(own)).toEqual(record)
    expect(await readdir(own)).toEqual(['volume.json'])
    // Others may pass through to the files, and not look around.
    expect((await stat(own)).mode & 0o777).toBe(0o701)
  })

  it('is none in a folder without one, or without a folder', async () => {
    expect(await readRecord(folder)).toBeUndefined()
    expect(await readRecord(join(folder, 'none'))).toBeUndefined()
  })

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    ...['name', 'createdAt', 'options', 'users'].map((key) => JSON.stringify({ ...record, [key]: undefined })),
    JSON.stringify({ ...record, options: null }),
    JSON.stringify({ ...record, users: {} }),
    JSON.stringify({ ...record, name: 7 }),
    JSON.stringify({ ...record, createdAt: 7 }),
    JSON.stringify({ ...record, options: 'ro' }),
  ])('is damaged when it is %s', async (text) => {
    await writeFile(join(folder, 'volume.json'), text)
    expect(await readRecord(folder)).toBe('damaged')
  })

  it('is damaged when it cannot be read', async () => {
    await mkdir(join(folder, 'volume.json'))
    expect(await readRecord(folder)).toBe('damaged')
  })
})
