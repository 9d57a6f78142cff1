import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { codedError, isCodedError, type CodedError, type Logger } from '@moby/contracts'
import { fromEnvelope } from '@moby/contracts/wire'
import { LineBudget, lineLimits, OutputLines } from './output-lines.ts'
import type { Program } from './program.ts'

export interface LaunchOptions {
  readonly program: Program
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** `volumes (moby/volume-local 0.1.0)`, for messages. */
  readonly title: string
  /** Gets what the process writes, line by line. */
  readonly log: Logger
}

/** Lines that are kept for the error of a process that ends. */
const keptLines = 20

/** Milliseconds in which what a process wrote last is read after its end, however long others hold its output. */
const readOffMs = 250

/**
 * The process of a component, in a session of its own. The engine holds its standard input open, so that it
 * learns of the engine's end whatever that is; whatever it started in its own group ends with it.
 */
export class ComponentProcess {
  readonly pid: number
  /** Settles, never fails, when the process has ended and its last lines were read. */
  readonly ended: Promise<CodedError>
  readonly #child: ChildProcess
  readonly #title: string
  readonly #lines: string[] = []
  #told: CodedError | undefined
  #hasEnded = false

  private constructor(child: ChildProcess, pid: number, { title, log }: LaunchOptions) {
    this.#child = child
    this.#title = title
    this.pid = pid
    const budget = new LineBudget(lineLimits)
    for (const [output, level] of [
      [child.stdout, 'info'],
      [child.stderr, 'warn'],
    ] as const) {
      const onLine = (line: string, record: Readonly<Record<string, unknown>> | undefined) => this.#keep(line, record)
      const lines = new OutputLines({ log, level, budget, limits: lineLimits, onLine })
      output?.on('data', (chunk: Buffer) => lines.push(chunk)).on('close', () => lines.end())
      output?.on('error', () => undefined)
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

  #keep(line: string, record: Readonly<Record<string, unknown>> | undefined): void {
    const error = record?.['error']
    if (typeof error === 'object' && error !== null) {
      const told = fromEnvelope({ error }, this.#title)
      if (told.code !== 'WIRE_RESPONSE_INVALID') this.#told = told
    }
    this.#lines.push(typeof record?.['message'] === 'string' ? record['message'] : line)
    if (this.#lines.length > keptLines) this.#lines.shift()
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
    return this.#describe(code, signal)
  }

  /** What it said itself goes before how it ended. */
  #describe(code: number | null, signal: NodeJS.Signals | null): CodedError {
    if (isCodedError(this.#told) && code === 1) return this.#told
    const how = signal === null ? `with exit status ${code}` : `by ${signal}`
    const last = this.#lines.at(-1)
    return codedError('PROCESS_EXITED', `its process ended ${how}${last === undefined ? '' : `: ${last}`}`, {
      hint: 'the log of the engine has what it wrote',
      details: { code, signal, lines: [...this.#lines] },
    })
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
