import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { BootstrapParams } from '../protocol/bootstrap-messages.ts'
import { runShim, type ShimCall } from './shim-call.ts'
import type { ShimVersion } from './shim-version.ts'
import { readStartReply, type ShimAddress } from './start-reply.ts'

/** A socket's path may have 106 bytes; the shim's own part is a slash and a SHA-256 in hexadecimal. */
const longestSocketFolder = 106 - 65

/**
 * Starts the shim of a container and tells where it serves. The file `log` of the bundle takes what the shim
 * writes: it must exist, and a regular file can neither block nor break the shim when the engine is away.
 * Fails with RUNTIME_CREATE_FAILED.
 */
export async function startShim(
  call: ShimCall,
  options: { readonly version: ShimVersion | undefined; readonly socketFolder: string },
): Promise<ShimAddress> {
  const log = join(call.bundle, 'log')
  const stderr = openSync(log, 'w', 0o600)
  try {
    const input = bootstrapInput(call, options)
    const { exitCode, stdout } = await runShim(call, 'start', { stderr, ...(input === undefined ? {} : { input }) })
    if (exitCode === 0) return readStartReply(stdout)
    const reason = readFileSync(log, 'utf8').trim() || stdout.toString('utf8').trim() || `exit code ${exitCode}`
    throw codedError('RUNTIME_CREATE_FAILED', `The shim ${call.binary} did not start for ${call.id}: ${reason}`)
  } finally {
    closeSync(stderr)
  }
}

/**
 * BootstrapParams for shims from 2.3 on, which need them; nothing for all others, whose decoder takes other
 * messages for what they are not.
 */
function bootstrapInput(
  { namespace, id, events }: ShimCall,
  { version, socketFolder }: { readonly version: ShimVersion | undefined; readonly socketFolder: string },
): Uint8Array | undefined {
  if (version === undefined || version.major < 2 || (version.major === 2 && version.minor < 3)) return undefined
  return BootstrapParams.encode({
    instanceId: id,
    namespace,
    containerdVersion: `${version.major}.${version.minor}.0`,
    ttrpcAddress: events,
    grpcAddress: events,
    binary: '/bin/true',
    ...(Buffer.byteLength(socketFolder) <= longestSocketFolder ? { socketDir: socketFolder } : {}),
  })
}
