import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { runTests } from './run-tests.ts'

const root = join(import.meta.dirname, '../..')

/** The journeys of the docker client once more, in an assembly that differs from the default one in one line. */
export async function showSameTestsOnCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-copy-'))
  try {
    const manifest = join(folder, 'moby.yaml')
    const text = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    await writeFile(manifest, text.replace('use: moby/storage-overlay', 'use: moby/storage-copy'))
    await execa(join(root, 'node_modules/.bin/moby'), ['lock', '--assembly', manifest], { cwd: root })
    const files = ['docker-run', 'docker-network', 'docker-reconnect', 'two-engines'].map(
      (name) => `test/e2e/${name}.test.ts`,
    )
    return await runTests('e2e', files, { MOBY_E2E_ASSEMBLY: manifest })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
