import { Worker } from 'node:worker_threads'

/** Bytes in the write-ahead log, by estimate, from which it is worth being carried over. */
const worthwhile = 8 * 1024 * 1024
/** Bytes that a commit costs besides its values: the pages that it touches. */
const perCommit = 24 * 1024

/**
 * Carries the write-ahead log over into the database file, in a thread that lives as long as that
 * takes: a checkpoint waits for the disk, which the event loop must not.
 */
export class Checkpointer {
  readonly #file: string
  #pending = 0
  #running: Promise<void> | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** To be called after every commit, with the bytes of its values. */
  wrote(bytes: number): void {
    this.#pending += bytes + perCommit
    if (this.#pending < worthwhile || this.#running !== undefined) return
    this.#pending = 0
    this.#running = this.#run().finally(() => (this.#running = undefined))
  }

  /** Waits for a checkpoint under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  /** A failure is not reported: nothing is lost, the log stays as it is until the next one. */
  #run(): Promise<void> {
    return new Promise((resolve) => {
      const worker = new Worker(new URL('checkpoint-worker.ts', import.meta.url), { workerData: this.#file })
      worker.on('error', () => resolve())
      worker.on('exit', () => resolve())
    })
  }
}
