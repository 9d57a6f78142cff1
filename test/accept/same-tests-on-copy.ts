import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCopyAssembly } from '../interop/copy-assembly.ts'
import { runTests } from './run-tests.ts'

/** The journeys of the docker client once more, in an assembly that differs from the default one in one line. */
export async function showSameTestsOnCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-copy-'))
  try {
    const manifest = await makeCopyAssembly(folder)
    const files = ['docker-run', 'docker-network', 'docker-reconnect', 'two-engines'].map(
      (name) => `test/e2e/${name}.test.ts`,
    )
    return await runTests('e2e', files, { MOBY_E2E_ASSEMBLY: manifest })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
