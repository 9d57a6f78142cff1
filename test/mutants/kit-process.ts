import { spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { caseDeadlineMs, type Failed, type Passed, type Question, type Told } from './verdict.ts'

/** How a run of the cases ended; `lost` when the process did not live to tell. */
export interface Outcome {
  readonly passed: readonly Passed[]
  readonly failed?: Failed
  readonly lost?: true
}

/**
 * The process that runs the cases, in namespaces of its own, so that a mutant that is ended leaves neither mounts nor
 * links nor files.
 */
export class KitProcess {
  /** Mutants in what runs when the code is loaded: only a process that begins with one tries it. */
  loaded: ReadonlySet<string> = new Set()
  /** How often each mutant's place was passed so far. */
  hits: Readonly<Record<string, number>> = {}
  /** Whether it has run cases already. */
  used = false
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** With a mutant that is on from the beginning, where one is named. Undefined when the code does not load. */
  static async start(plugin: string, mutant?: string): Promise<KitProcess | undefined> {
    const child = spawnConfined(
      ['test/mutants/serve-kit.ts', plugin],
      mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant },
    )
    const kit = new KitProcess(child)
    const first = await kit.#next(3 * caseDeadlineMs)
    if (first?.kind === 'ready') {
      kit.loaded = new Set(first.loaded)
      return kit
    }
    await kit.end()
    return undefined
  }

  /** Runs cases. After an outcome that is lost the process has ended. */
  async run(question: Question): Promise<Outcome> {
    this.used = true
    this.#child.send(question)
    let at = 'start'
    for (;;) {
      const told = await this.#next(caseDeadlineMs + 5_000)
      if (told?.kind === 'ended') return told
      if (told?.kind === 'hits') this.hits = told.hits
      if (told?.kind === 'begun') at = told.what
      if (told !== undefined) continue
      await this.end()
      return { passed: [], failed: { id: at, reason: 'the process ended, or did not go on' }, lost: true }
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }

  readonly #waiting: Told[] = []
  #wake: (() => void) | undefined

  /** The next that it tells; undefined when it ended, or told nothing for so long. */
  async #next(ms: number): Promise<Told | undefined> {
    this.#listen()
    if (this.#waiting.length === 0 && this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
    return this.#waiting.shift()
  }

  #listening = false

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    this.#child.on('message', (message) => {
      this.#waiting.push(message as Told)
      this.#wake?.()
    })
    this.#child.once('exit', () => this.#wake?.())
  }
}

/** A program of Node in new namespaces, with memory as /tmp and a channel; all that it starts ends with it. */
export function spawnConfined(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const inside = 'mount -t tmpfs tmpfs /tmp && ip link set lo up && exec "$@"'
  const flags = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  return spawn('unshare', [...flags, 'sh', '-c', inside, 'sh', process.execPath, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  })
}
