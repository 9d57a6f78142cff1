import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, type Instance, type Logger } from '@moby/contracts'
import { componentCgroups } from './component-cgroup.ts'
import type { Launcher } from './launcher.ts'

export interface LauncherAtNeedParts {
  readonly instance: Instance
  readonly folders: { readonly data: string; readonly run: string }
  /** OCI runtime, by name or absolute path. */
  readonly binary: string
  readonly log: Logger
}

/**
 * A launcher that is opened by the first launch, because most assemblies that have one never launch anything: until then
 * no program is called, no process waits and next to no code is loaded. What an earlier life left opens it at once.
 */
export class LauncherAtNeed {
  readonly #parts: LauncherAtNeedParts
  #opening: Promise<Launcher> | undefined
  #opened: Launcher | undefined

  private constructor(parts: LauncherAtNeedParts) {
    this.#parts = parts
  }

  /** Ends what an earlier life left before it answers. Fails with RUNTIME_BINARY_MISSING when that needs the runtime. */
  static async begin(parts: LauncherAtNeedParts): Promise<LauncherAtNeed> {
    const launcher = new LauncherAtNeed(parts)
    if (hasRemains(parts)) await launcher.open()
    return launcher
  }

  /** Fails with RUNTIME_BINARY_MISSING, and tries again the next time. */
  open(): Promise<Launcher> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** What has been opened. */
  get opened(): Launcher | undefined {
    return this.#opened
  }

  /** What has been opened; fails with LAUNCH_UNKNOWN when there is nothing, and so no container either. */
  having(id: string): Launcher {
    if (this.#opened !== undefined) return this.#opened
    throw codedError('LAUNCH_UNKNOWN', `The launcher has no container ${id}`)
  }

  async close(): Promise<void> {
    await (await this.#opening?.catch(() => undefined))?.close()
  }

  async #open(): Promise<Launcher> {
    const { binary, ...parts } = this.#parts
    const [{ findRuntime }, { Launcher }] = await Promise.all([
      import('./host/oci-runtime.ts'),
      import('./launcher.ts'),
    ])
    this.#opened = await Launcher.open({ ...parts, runtime: await findRuntime(binary) })
    return this.#opened
  }
}

/** Whether an earlier life left containers, shared folders or cgroups. */
function hasRemains({ instance, folders }: LauncherAtNeedParts): boolean {
  const hasEntries = (folder: string) => existsSync(folder) && readdirSync(folder).length > 0
  return (
    hasEntries(join(folders.run, 'lives')) ||
    hasEntries(join(folders.data, 'shared')) ||
    componentCgroups(instance).length > 0
  )
}
