import { codedError, componentLauncher, implement, type Implementation } from '@moby/contracts'
import type { LauncherAtNeed } from './launcher-at-need.ts'

/** The contract over a launcher. */
export function makeDriver(launcher: LauncherAtNeed): Implementation<typeof componentLauncher> {
  return implement(componentLauncher, {
    launch: async (request) => await (await launcher.open()).launch(request),
    wait: async ({ id }, call) => await orAborted(launcher.having(id).get(id).ended, call?.signal),
    logs: async function* ({ id }, call) {
      yield* launcher.having(id).get(id).output.read(call?.signal)
    },
    kill: async ({ id, signal }) => {
      await launcher.having(id).get(id).kill(signal)
      return {}
    },
    remove: async ({ id }) => {
      await launcher.opened?.remove(id)
      return {}
    },
    list: async () => ({ containers: launcher.opened?.list() ?? [] }),
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
