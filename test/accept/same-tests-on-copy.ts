import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCopyAssembly } from '../interop/copy-assembly.ts'
import { runJourneys } from './run-journeys.ts'

/** The journeys of the docker client once more, in an assembly that differs from the default one in one line. */
export async function showSameTestsOnCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-copy-'))
  try {
    const manifest = await makeCopyAssembly(folder)
    const journeys = ['docker-run', 'docker-network', 'docker-reconnect', 'two-engines'] as const
    return await runJourneys(journeys, { MOBY_E2E_ASSEMBLY: manifest })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
