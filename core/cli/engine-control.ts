import { codedError, componentAssembly, hasCode, isCodedError, type Implementation } from '@moby/contracts'
import { connectPeer } from '@moby/contracts/wire'
import { controlSocketOf } from '../kernel/control-server.ts'
import type { CommandLine } from './command-line.ts'
import { ShownError } from './shown-error.ts'
import { rootsOf } from './roots.ts'

/** Asks the engine that runs on the data root of the command line. Fails with ENGINE_NOT_RUNNING. */
export async function askEngine<T>(
  line: CommandLine,
  ask: (engine: Implementation<typeof componentAssembly>) => Promise<T>,
): Promise<T> {
  const { dataRoot, runRoot } = rootsOf(line)
  const peer = connectPeer({ socketPath: controlSocketOf(runRoot) })
  try {
    return await ask(peer.contract(componentAssembly))
  } catch (error) {
    if (isCodedError(error) && typeof error.details?.['shown'] === 'string')
      throw new ShownError(error.details['shown'])
    if (!hasCode(error, 'WIRE_PEER_UNREACHABLE')) throw error
    throw codedError('ENGINE_NOT_RUNNING', `No engine answers on the data root ${dataRoot}`, {
      hint: 'start one with moby up, or name its root: --data-root DIR; only root may ask it',
      cause: error,
    })
  } finally {
    peer.close()
  }
}
