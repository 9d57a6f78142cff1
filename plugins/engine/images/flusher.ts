import { codedError } from '@moby/contracts'
import { Worker } from 'node:worker_threads'

/**
 * Has the kernel write a whole file system through to the disk. It may take seconds, so it happens in a thread of its
 * own; those who come while one is under way share the next.
 */
export class Flusher {
  readonly #folder: string
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Answers once all that was written before the call is on the disk. Fails with HOST_SYSTEM_CALL. */
  async flush(): Promise<void> {
    if (this.#running === undefined) return await this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return await this.#next
  }

  #start(): Promise<void> {
    const run = syncInThread(this.#folder).finally(() => {
      if (this.#running === run) this.#running = undefined
    })
    this.#running = run
    return run
  }
}

function syncInThread(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./flush-worker.ts', import.meta.url), { workerData: { folder } })
    let failure: unknown
    worker.once('error', (error) => (failure = error))
    worker.once('exit', (code) => {
      if (failure === undefined && code === 0) resolve()
      else
        reject(codedError('HOST_SYSTEM_CALL', `The file system of ${folder} could not be synced`, { cause: failure }))
    })
  })
}
