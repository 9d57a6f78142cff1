import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storageVolume } from '@moby/contracts'
import { sourcesFor } from '../../core/cli/sources.ts'
import { bootAssembly, type RunningAssembly } from '../../core/kernel/boot-assembly.ts'
import { lockPath, writeLock } from '../../core/lock/lock-file.ts'
import { makeLock } from '../../core/lock/make-lock.ts'
import { loadManifest } from '../../core/manifest/load-manifest.ts'
import { resolveAssembly } from '../../core/resolve/resolve-assembly.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** The volume driver of the project in one run mode, under a kernel in this process. */
export class DriverInMode {
  readonly #running: RunningAssembly

  private constructor(running: RunningAssembly) {
    this.#running = running
  }

  static async boot(mode: 'module' | 'process' | 'container', folder: string): Promise<DriverInMode> {
    await mkdir(folder)
    const file = join(folder, 'moby.yaml')
    const launcher = mode === 'container' ? '  launcher: { use: moby/launcher-runc }\n' : ''
    const volumes = `  volumes: { use: moby/volume-local, mode: ${mode} }\n`
    await writeFile(file, `assembly: bench\nversion: 0.1.0\ncomponents:\n${volumes}${launcher}`)
    const sources = sourcesFor(file)
    await writeLock(lockPath(file), await makeLock(await resolveAssembly(await loadManifest(file), sources)))
    const dataRoot = join(folder, 'd')
    const log = { kernel: silent, of: () => silent, flush: () => undefined }
    return new DriverInMode(
      await bootAssembly({ manifestPath: file, dataRoot, runRoot: join(dataRoot, 'r'), sources, log }),
    )
  }

  /** Microseconds of a small call, one after the other. */
  async measure(count: number): Promise<number> {
    const driver = this.#running.handle(storageVolume, 'local')
    for (let warm = 0; warm < 200; warm++) await driver.capabilities({})
    const began = performance.now()
    for (let done = 0; done < count; done++) await driver.capabilities({})
    return ((performance.now() - began) * 1_000) / count
  }

  async stop(): Promise<void> {
    await this.#running.stop('stop-containers')
  }
}
