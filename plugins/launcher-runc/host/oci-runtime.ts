import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { codedError } from '@moby/contracts'
import { describeRuntime, findBinary, hasHybridCgroups } from '@moby/lib-oci-runtime'

const run = promisify(execFile)
const patienceMs = 10_000

/** An OCI runtime that is called directly, and the programs around it. */
export interface OciRuntime {
  readonly path: string
  /** It must not see the v2 hierarchy that a host with v1 has beside it. */
  readonly hideUnified: boolean
  readonly unshare: string
  readonly shell: string
}

/** Fails with RUNTIME_BINARY_MISSING. */
export async function findRuntime(binary: string): Promise<OciRuntime> {
  const path = findBinary(binary)
  const { name } = await describeRuntime(path)
  return {
    path,
    hideUnified: name === 'crun' && hasHybridCgroups(),
    unshare: findBinary('unshare'),
    shell: findBinary('sh'),
  }
}

/** Calls a command of the runtime. Fails with LAUNCH_FAILED and what the runtime says. */
export async function callRuntime(runtime: OciRuntime, root: string, args: readonly string[]): Promise<void> {
  try {
    await run(runtime.path, ['--root', root, ...args], { timeout: patienceMs, killSignal: 'SIGKILL' })
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { readonly stderr?: string }
    const words = stderr.trim().split('\n').at(-1) || message
    throw codedError('LAUNCH_FAILED', `${runtime.path} ${args.join(' ')} failed: ${words}`, { cause })
  }
}
