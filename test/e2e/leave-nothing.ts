import { mkdtempSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll } from 'vitest'
import { FolderWatch } from './folder-watch.ts'
import { instanceIdOfPath } from './footprint.ts'
import { leftOnHost } from './left-on-host.ts'
import { until } from './until.ts'

/**
 * Before each test file of this tier: gives it a folder for temporary files of its own, so that every engine it starts,
 * by whatever command, has its data root there. At the end nothing of these engines may be on the host, nor a file.
 */
const patienceMs = 30_000
// Go's cache is worth something only when all files share it.
process.env['GOCACHE'] ??= join(tmpdir(), 'moby-go-cache')
// Sockets have short paths.
const folder = mkdtempSync(join(tmpdir(), 'e-'))
process.env['TMPDIR'] = folder
const watch = new FolderWatch(folder)

// Registered before those of the file, it runs after all of them.
afterAll(async () => {
  const paths = await watch.close()
  const ids = new Set([...paths].map(instanceIdOfPath))
  let left: readonly string[] = []
  // A process that was ended needs a moment.
  await until(async () => {
    left = await leftOnHost(folder, ids)
    return left.length === 0
  }, patienceMs).catch(() => undefined)
  await rmdir(folder).catch(() => undefined)
  if (left.length > 0) throw new Error(`These tests have left on the host:\n${left.join('\n')}`)
}, patienceMs * 3)
