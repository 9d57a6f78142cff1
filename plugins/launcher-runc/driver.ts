import { codedError, componentLauncher, implement, type Implementation } from '@moby/contracts'
import type { Launcher } from './launcher.ts'

/** The contract over a launcher. */
export function makeDriver(launcher: Launcher): Implementation<typeof componentLauncher> {
  return implement(componentLauncher, {
    launch: (request) => launcher.launch(request),
    wait: async ({ id }, call) => await orAborted(launcher.get(id).ended, call?.signal),
    logs: async function* ({ id }, call) {
      yield* launcher.get(id).output.read(call?.signal)
    },
    kill: async ({ id, signal }) => {
      await launcher.get(id).kill(signal)
      return {}
    },
    remove: async ({ id }) => {
      await launcher.remove(id)
      return {}
    },
    list: async () => ({ containers: launcher.list() }),
  })
}

/** Fails with CANCELLED when the caller gives up; the wait itself is shared and goes on. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(codedError('CANCELLED', 'The wait was given up'))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
