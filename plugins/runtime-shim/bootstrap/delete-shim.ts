import { closeSync, openSync } from 'node:fs'
import { runShim, type ShimCall } from './shim-call.ts'

/**
 * Runs the shim's own cleaner for a container whose shim is gone: it deletes the container by force and
 * unmounts its `rootfs`. True when it says that it did.
 */
export async function deleteShim(call: ShimCall): Promise<boolean> {
  const stderr = openSync('/dev/null', 'w')
  try {
    const { exitCode } = await runShim(call, 'delete', { stderr })
    return exitCode === 0
  } catch {
    return false
  } finally {
    closeSync(stderr)
  }
}
