import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Longer than any container lives. */
const seconds = '2147483647'

/**
 * A sleeping process that holds the FIFOs of a container open for reading. What is in a pipe is lost
 * with its last descriptor, and shims close theirs at the end of the output: without the keeper, the
 * last words of a container that ends while the engine is away would be gone.
 */
export class Keeper {
  readonly #file: string
  readonly #fifos: readonly string[]
  readonly #failed: (error: Error) => void
  #pid: number | undefined

  /** `failed` is told when the process cannot be started. */
  constructor(folder: string, fifos: readonly string[], failed: (error: Error) => void) {
    this.#file = join(folder, 'keeper')
    this.#fifos = fifos
    this.#failed = failed
  }

  /** Finds the one that another engine started, or starts one. */
  resume(): void {
    this.#pid = this.#recorded() ?? findHolder((pid) => this.#holds(pid))
    if (this.#pid === undefined) this.start()
  }

  /** Ends it; none is success. */
  end(): void {
    const pid = this.#pid ?? this.#recorded()
    try {
      if (pid !== undefined && this.#holds(pid)) process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    this.#pid = undefined
    rmSync(this.#file, { force: true })
  }

  start(): void {
    const descriptors = this.#fifos.map((path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
    try {
      const [first = 'ignore', second = 'ignore'] = descriptors
      const child = spawn('sleep', [seconds], { stdio: [first, second, 'ignore'], detached: true, cwd: '/' })
      child.on('error', this.#failed)
      child.unref()
      this.#pid = child.pid
      if (child.pid !== undefined) writeFileSync(this.#file, String(child.pid))
    } finally {
      for (const descriptor of descriptors) closeSync(descriptor)
    }
  }

  #recorded(): number | undefined {
    try {
      const pid = Number(readFileSync(this.#file, 'utf8'))
      return pid > 1 && this.#holds(pid) ? pid : undefined
    } catch {
      return undefined
    }
  }

  #holds(pid: number): boolean {
    try {
      return readlinkSync(`/proc/${pid}/fd/0`).replace(/ \(deleted\)$/, '') === this.#fifos[0]
    } catch {
      return false
    }
  }
}

/** Looks through all processes: the engine may have died before it wrote down the id. */
function findHolder(holds: (pid: number) => boolean): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => pid !== process.pid && holds(pid))
}
