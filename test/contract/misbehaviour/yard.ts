import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageVolume, type AssemblyMember, type Implementation, type Logger } from '@moby/contracts'
import { sourcesFor } from '../../../core/cli/sources.ts'
import { bootAssembly, type RunningAssembly } from '../../../core/kernel/boot-assembly.ts'
import { lockPath, writeLock } from '../../../core/lock/lock-file.ts'
import { makeLock } from '../../../core/lock/make-lock.ts'
import { loadManifest } from '../../../core/manifest/load-manifest.ts'
import { resolveAssembly } from '../../../core/resolve/resolve-assembly.ts'
import { supervisionLimits } from '../../../core/supervise/policy.ts'
import { putMisbehaving } from '../../fixtures/misbehaving-folder.ts'

export type OutsideMode = 'process' | 'container'

/** Milliseconds that a call may last, for tests: contracts give it a minute. */
export const callMs = 2_000
/** Bytes that an answer may have, for tests: the wire gives it 16 MiB. */
export const bodyBytes = 200_000

/** An assembly of the misbehaving component and a sound one, under a real kernel. */
export class Yard {
  readonly mode: OutsideMode
  readonly lines: { readonly component: string; readonly message: string; readonly fields: object }[] = []
  readonly #home: string
  #running: RunningAssembly | undefined

  private constructor(mode: OutsideMode, home: string) {
    this.mode = mode
    this.#home = home
  }

  static async open(mode: OutsideMode): Promise<Yard> {
    const home = await mkdtemp(join(tmpdir(), 'ya-'))
    await putMisbehaving(join(home, 'faulty'), mode === 'container')
    return new Yard(mode, home)
  }

  get faulty(): Implementation<typeof storageVolume> {
    return this.running.handle(storageVolume, 'faulty')
  }

  get sound(): Implementation<typeof storageVolume> {
    return this.running.handle(storageVolume, 'local')
  }

  get running(): RunningAssembly {
    if (this.#running === undefined) throw new Error('nothing runs in this yard')
    return this.#running
  }

  get member(): AssemblyMember {
    const found = this.running.facts.members().find(({ name }) => name === 'faulty')
    if (found === undefined) throw new Error('the assembly has no entry faulty')
    return found
  }

  async boot(start = 'well', startDeadlineMs = 20_000): Promise<void> {
    const descriptor = join(this.#home, 'faulty/component.yaml')
    const text = await readFile(descriptor, 'utf8')
    await writeFile(descriptor, text.replace(/^startDeadlineMs: .*$/m, `startDeadlineMs: ${startDeadlineMs}`))
    const file = join(this.#home, 'moby.yaml')
    const launcher = this.mode === 'container' ? '  launcher: { use: moby/launcher-runc }\n' : ''
    const faulty = `  faulty: { use: testing/misbehaving, from: "folder:./faulty", mode: ${this.mode}, required: false, config: { start: ${start} } }\n`
    const sound = '  sound: { use: moby/volume-local }\n'
    await writeFile(file, `assembly: yard\nversion: 1.0.0\ncomponents:\n${faulty}${sound}${launcher}`)
    const sources = sourcesFor(file)
    await writeLock(lockPath(file), await makeLock(await resolveAssembly(await loadManifest(file), sources)))
    const of = (component: string): Logger => {
      const note = (message: string, fields: object = {}) => void this.lines.push({ component, message, fields })
      return { debug: note, info: note, warn: note, error: note }
    }
    const dataRoot = join(this.#home, 'd')
    this.#running = await bootAssembly({
      manifestPath: file,
      dataRoot,
      runRoot: join(dataRoot, 'r'),
      sources,
      log: { kernel: of('kernel'), of, flush: () => undefined },
      supervision: {
        ...supervisionLimits,
        healthEveryMs: 250,
        // One alone, of the second that a call may last here, a busy machine brings about by itself.
        misses: 3,
        firstDelayMs: 20,
        longestDelayMs: 100,
        budget: 100,
      },
      wireLimits: { callMs, bodyBytes },
    })
  }

  /** Calls that reached the component, `method name` each. */
  async calls(name: string): Promise<string[]> {
    const text = await readFile(join(this.#home, 'd/components/faulty/calls'), 'utf8').catch(() => '')
    return text.split('\n').filter((line) => line.endsWith(` ${name}`))
  }

  async stop(): Promise<void> {
    await this.#running?.stop('stop-containers')
    this.#running = undefined
  }

  async close(): Promise<void> {
    await this.stop()
    await rm(this.#home, { recursive: true, force: true })
  }
}
