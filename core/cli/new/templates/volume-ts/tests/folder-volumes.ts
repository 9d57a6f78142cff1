import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { FolderVolumes } from '../folder-volumes.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
let folder = ''
/** What a driver sees that starts on the same folder. */
const again = () => FolderVolumes.open(folder, log)
const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'volumes-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder has the mode that was asked for', async () => {
  const volumes = await again()
  await volumes.create('private', { mode: '0700' })
  assert.equal((await stat(volumes.path('private'))).mode & 0o777, 0o700)
})

test('options that make no sense are refused, and nothing is made', async () => {
  const volumes = await again()
  await assert.rejects(volumes.create('a', { mode: 'rwx' }), code('VOLUME_OPTION_INVALID'))
  await assert.rejects(volumes.create('a', { size: '1g' }), code('VOLUME_OPTION_UNKNOWN'))
  assert.deepEqual(volumes.list(), [])
})

test('volumes and their users are known after a restart', async () => {
  await (await again()).create('kept', {})
  await (await again()).mount('kept', 'container-1')
  const volumes = await again()
  await assert.rejects(volumes.remove('kept'), code('VOLUME_IN_USE'))
  await volumes.unmount('kept', 'container-1')
  await volumes.remove('kept')
  assert.deepEqual(await readdir(folder), [])
})

test('what was half made is swept, what is damaged is kept', async () => {
  await mkdir(join(folder, 'half/files'), { recursive: true })
  await mkdir(join(folder, 'damaged'))
  await writeFile(join(folder, 'damaged/volume.json'), '{"users":')
  const volumes = await again()
  assert.deepEqual(volumes.list(), [])
  assert.deepEqual(await readdir(folder), ['damaged'])
  await assert.rejects(volumes.create('damaged', {}), code('VOLUME_OPTIONS_CONFLICT'))
})
