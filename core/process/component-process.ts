import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { codedError, type CodedError, type Logger } from '@moby/contracts'
import { ProcessOutput } from './process-output.ts'
import type { Program } from './program.ts'
import type { StartedProcess } from './started-process.ts'

export interface LaunchOptions {
  readonly program: Program
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** `volumes (moby/volume-local 0.1.0)`, for messages. */
  readonly title: string
  /** Gets what the process writes, line by line. */
  readonly log: Logger
}

/** Milliseconds in which what a process wrote last is read after its end, however long others hold its output. */
const readOffMs = 250

/**
 * The process of a component, in a session of its own. The engine holds its standard input open, so that it
 * learns of the engine's end whatever that is; whatever it started in its own group ends with it.
 */
export class ComponentProcess implements StartedProcess {
  readonly pid: number
  /** Settles, never fails, when the process has ended and its last lines were read. */
  readonly ended: Promise<CodedError>
  readonly #child: ChildProcess
  readonly #output: ProcessOutput
  #hasEnded = false

  private constructor(child: ChildProcess, pid: number, { title, log }: LaunchOptions) {
    this.#child = child
    this.pid = pid
    this.#output = new ProcessOutput(title, log)
    for (const name of ['stdout', 'stderr'] as const) {
      const lines = this.#output[name]
      child[name]?.on('data', (chunk: Buffer) => lines.push(chunk)).on('close', () => lines.end())
      child[name]?.on('error', () => undefined)
    }
    child.stdin?.on('error', () => undefined)
    this.ended = this.#watch()
  }

  /** Fails with PROCESS_NOT_STARTED. */
  static async launch(options: LaunchOptions): Promise<ComponentProcess> {
    const { program, folder, environment, title } = options
    const child = spawn(program.file, program.args, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.on('error', () => undefined)
    const { pid } = child
    if (pid !== undefined) return new ComponentProcess(child, pid, options)
    const [cause] = (await once(child, 'error')) as [Error]
    throw codedError('PROCESS_NOT_STARTED', `The program of ${title} cannot be started: ${cause.message}`, {
      hint: `see whether ${program.file} exists and may be executed; component.yaml names it in \`command\``,
      cause,
    })
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#child.kill(name)
  }

  /** SIGKILL for the whole group; answers when the process has ended. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) killGroup(this.pid)
    await this.ended
  }

  async #watch(): Promise<CodedError> {
    const child = this.#child
    const closed = once(child, 'close')
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    this.#hasEnded = true
    killGroup(this.pid)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => (timer = setTimeout(resolve, readOffMs)))
    await Promise.race([closed, late]).finally(() => clearTimeout(timer))
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
    return this.#output.describe({ code, signal })
  }
}

/** Ends every process of a group that a component led. One that is gone is no failure. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}
