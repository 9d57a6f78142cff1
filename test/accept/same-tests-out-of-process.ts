import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfiguredAssembly } from '../e2e/configured-assembly.ts'
import { runJourneys, type Journey } from './run-journeys.ts'

/** Journeys of the docker client once more, with components (absent: every driver that can) out of process. */
export async function showSameTestsOutOfProcess(
  mode: 'process' | 'container',
  journeys: readonly Journey[],
  components?: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-out-'))
  try {
    const { file } = await ConfiguredAssembly.outOfProcess({ mode, folder, components })
    return await runJourneys(journeys, { MOBY_E2E_ASSEMBLY: file })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
