import { join } from 'node:path'
import { describeRuntime, findBinary, hasHybridCgroups, type RuntimeDescription } from '@moby/lib-oci-runtime'
import { writeWrapper } from './wrapper.ts'

export interface RuntimeBinary {
  /** What the shim calls: the executable, or a wrapper of it. */
  readonly command: string
  /** The executable itself. */
  readonly path: string
}

export function wrapperFolder(dataFolder: string): string {
  return join(dataFolder, 'runtimes')
}

/** Finds an OCI runtime and wraps it where it must be. Fails with RUNTIME_BINARY_MISSING. */
export async function resolveRuntimeBinary(
  dataFolder: string,
  { binary, args }: { readonly binary: string; readonly args: readonly string[] },
): Promise<RuntimeBinary> {
  const path = findBinary(binary)
  const hideUnified = hasHybridCgroups() && (await nameOf(path)) === 'crun'
  if (!hideUnified && args.length === 0) return { command: path, path }
  return { command: writeWrapper(wrapperFolder(dataFolder), { binary: path, args, hideUnified }), path }
}

async function nameOf(path: string): Promise<string | undefined> {
  const description: RuntimeDescription | undefined = await describeRuntime(path).catch(() => undefined)
  return description?.name
}
