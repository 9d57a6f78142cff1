import { codedError, type CodedError, type Logger } from '@moby/contracts'
import { ProcessOutput } from './process-output.ts'
import type { Program } from './program.ts'
import { SpawnThread, type SpawnedProcess } from './spawn-thread.ts'
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

/** Starts all of them; begun with the first. */
const thread = new SpawnThread()

/**
 * The process of a component, in a session of its own. The engine holds its standard input open, so that it
 * learns of the engine's end whatever that is; whatever it started in its own group ends with it.
 */
export class ComponentProcess implements StartedProcess {
  readonly pid: number
  /** Settles, never fails, when the process has ended and its last lines were read. */
  readonly ended: Promise<CodedError>
  readonly #process: SpawnedProcess
  readonly #life: Life

  private constructor(spawned: SpawnedProcess, life: Life) {
    this.pid = spawned.pid
    this.ended = life.ended.promise
    this.#process = spawned
    this.#life = life
  }

  /** Fails with PROCESS_NOT_STARTED. */
  static async launch(options: LaunchOptions): Promise<ComponentProcess> {
    const { program, folder, environment, title, log } = options
    const output = new ProcessOutput(title, log)
    const life: Life = { hasEnded: false, ended: Promise.withResolvers() }
    try {
      const spawned = await thread.spawn(
        { ...program, folder, environment },
        {
          output: (name, chunk) => output[name].push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
          exited: () => (life.hasEnded = true),
          ended: (end) => {
            for (const name of ['stdout', 'stderr'] as const) output[name].end()
            life.ended.resolve(output.describe(end))
          },
        },
      )
      return new ComponentProcess(spawned, life)
    } catch (error) {
      const cause = error as Error
      throw codedError('PROCESS_NOT_STARTED', `The program of ${title} cannot be started: ${cause.message}`, {
        hint: `see whether ${program.file} exists and may be executed; component.yaml names it in \`command\``,
        cause,
      })
    }
  }

  get hasEnded(): boolean {
    return this.#life.hasEnded
  }

  signal(name: NodeJS.Signals): void {
    if (!this.hasEnded) this.#process.signal(name)
  }

  /** SIGKILL for the whole group; answers when the process has ended. */
  async kill(): Promise<void> {
    if (!this.hasEnded) this.#process.kill()
    await this.ended
  }
}

/** How far a process has come. */
interface Life {
  hasEnded: boolean
  readonly ended: PromiseWithResolvers<CodedError>
}
