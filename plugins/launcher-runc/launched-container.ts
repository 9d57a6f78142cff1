import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError, type ItemOf, type ResponseOf, type componentLauncher } from '@moby/contracts'
import { mountOf } from '@moby/lib-linux'
import { sweepCgroup } from '@moby/lib-oci-runtime'
import { keeperScript } from './host/keeper-script.ts'
import { callRuntime, type OciRuntime } from './host/oci-runtime.ts'
import { OutputTail } from './output-tail.ts'

export type Exit = ResponseOf<typeof componentLauncher, 'wait'>
export type LogRecord = ItemOf<typeof componentLauncher, 'logs'>

export interface ContainerFacts {
  readonly id: string
  readonly name: string
  readonly runtime: OciRuntime
  /** Folder of this life: bundles in `c`, the runtime's state in `state`. */
  readonly life: string
  readonly cgroupsPath: string
  /** Root of the image. */
  readonly lower: string
  readonly config: object
  /** Bytes that the memory above the image may take. */
  readonly scratchBytes?: number | undefined
  /** True: no memory above; what is written goes into `lower`. */
  readonly writableRoot: boolean
}

/** Milliseconds in which the runtime must have started a container. */
const patienceMs = 30_000

/** A container of this life of the launcher: the runtime runs as its parent until it ends. */
export class LaunchedContainer {
  readonly id: string
  readonly name: string
  readonly output = new OutputTail()
  /** Settles, never fails, when it has ended and its output was read. */
  readonly ended: Promise<Exit>
  readonly #facts: ContainerFacts
  readonly #child: ChildProcess
  readonly #bundle: string
  #pid = 0
  #exit: Exit | undefined
  #removal: Promise<void> | undefined

  private constructor(facts: ContainerFacts, child: ChildProcess, bundle: string) {
    this.#facts = facts
    this.#child = child
    this.#bundle = bundle
    this.id = facts.id
    this.name = facts.name
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => this.output.push(name, chunk)).on('error', () => undefined)
    }
    child.stdin?.on('error', () => undefined)
    this.ended = this.#watch()
  }

  /** Answers when it runs. Fails with LAUNCH_FAILED, and nothing is left then. */
  static async launch(facts: ContainerFacts): Promise<LaunchedContainer> {
    const bundle = makeBundle(facts)
    const { runtime, id, life } = facts
    const command = [
      runtime.path,
      '--root',
      join(life, 'state'),
      'run',
      '--bundle',
      bundle,
      '--pid-file',
      pidFile(bundle),
      id,
    ]
    const rootMode = (statSync(facts.lower).mode & 0o7777).toString(8)
    const memory = facts.writableRoot ? 'own' : scratchOptions(facts.scratchBytes)
    const isolate = ['--mount', '--propagation', 'unchanged', runtime.shell, '-c', keeperScript, 'keeper']
    const child = spawn(
      runtime.unshare,
      [...isolate, bundle, mountOf(bundle).path, rootMode, memory, runtime.hideUnified ? 'hide' : 'leave', ...command],
      { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
    )
    child.on('error', () => undefined)
    if (child.pid === undefined) {
      const [cause] = (await once(child, 'error')) as [Error]
      rmSync(bundle, { recursive: true, force: true })
      throw codedError('LAUNCH_FAILED', `The container of ${facts.name} could not be started: ${cause.message}`, {
        cause,
      })
    }
    const container = new LaunchedContainer(facts, child, bundle)
    try {
      container.#pid = await container.#started()
      return container
    } catch (error) {
      await container.remove()
      throw error
    }
  }

  get pid(): number {
    return this.#pid
  }

  get exit(): Exit | undefined {
    return this.#exit
  }

  /** Fails with LAUNCH_FAILED. One that has ended is success. */
  async kill(signal: number): Promise<void> {
    if (this.#exit !== undefined) return
    const { runtime, life, id } = this.#facts
    await callRuntime(runtime, join(life, 'state'), ['kill', id, String(signal)]).catch(async (error: unknown) => {
      // It may have ended just now; the runtime is told a little before we are.
      const late = sleep(500, 'late', { ref: false })
      if ((await Promise.race([this.ended, late])) === 'late') throw error
    })
  }

  /** Ends it and removes all that was made for it. Fails with LAUNCH_FAILED. */
  remove(): Promise<void> {
    this.#removal ??= this.#remove().catch((error: unknown) => {
      this.#removal = undefined
      throw error
    })
    return this.#removal
  }

  async #remove(): Promise<void> {
    if (this.#exit === undefined) {
      await this.kill(9).catch(() => undefined)
      await sweepCgroup(this.#facts.cgroupsPath)
      const late = sleep(5_000, 'late', { ref: false })
      if ((await Promise.race([this.ended, late])) === 'late') {
        this.#child.kill('SIGKILL')
        await this.ended
      }
    }
    rmSync(this.#bundle, { recursive: true, force: true })
  }

  /** The pid of its first process, once the runtime has written it. */
  async #started(): Promise<number> {
    const until = performance.now() + patienceMs
    for (let wait = 1; performance.now() < until; wait = Math.min(wait * 2, 20)) {
      const pid = readPid(pidFile(this.#bundle))
      if (pid !== undefined) return pid
      if (this.#exit !== undefined) throw this.#failure(lastLine(this.output.text()) ?? `status ${this.#exit.exitCode}`)
      await Promise.race([this.ended, sleep(wait)])
    }
    throw this.#failure(`${this.#facts.runtime.path} did not start it within ${patienceMs} ms`)
  }

  #failure(why: string) {
    return codedError('LAUNCH_FAILED', `The container of ${this.name} could not be started: ${why}`, {
      hint: 'see whether its image holds what its command names, and whether this host can run containers: moby doctor',
    })
  }

  async #watch(): Promise<Exit> {
    const child = this.#child
    const closed = once(child, 'close').catch(() => undefined)
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    const exitedAt = new Date().toISOString()
    const { runtime, life, id, cgroupsPath } = this.#facts
    // The runtime removes a container that ends; one whose runtime was killed is still there.
    if (signal !== null) {
      await callRuntime(runtime, join(life, 'state'), ['delete', '--force', id]).catch(() => undefined)
    }
    await sweepCgroup(cgroupsPath)
    await Promise.race([closed, sleep(250)])
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
    this.#exit = { exitCode: code ?? 137, exitedAt }
    this.output.end()
    return this.#exit
  }
}

function scratchOptions(bytes: number | undefined): string {
  return bytes === undefined ? 'mode=700' : `mode=700,size=${bytes}`
}

const pidFile = (bundle: string): string => join(bundle, 'pid')

function makeBundle({ life, id, lower, config }: ContainerFacts): string {
  const bundle = join(life, 'c', id)
  for (const folder of ['rootfs', 'scratch']) mkdirSync(join(bundle, folder), { recursive: true, mode: 0o700 })
  symlinkSync(lower, join(bundle, 'lower'))
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config), { mode: 0o600 })
  return bundle
}

function readPid(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

function lastLine(text: string): string | undefined {
  return text.split('\n').findLast((line) => line.trim() !== '')
}
