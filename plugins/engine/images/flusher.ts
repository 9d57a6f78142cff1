import { codedError } from '@moby/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** A thread takes longer to start than a disk with little to write needs. */
const idleMilliseconds = 10_000
/** While a file system is synced, making files in it nearly stands still: they get as much time in between, up to this. */
const longestPauseMs = 500

/**
 * Has the kernel write a whole file system through to the disk. It may take seconds, so it happens in a thread of its
 * own, which ends when it had nothing to do for a while; those who come while one is under way share the next.
 */
export class Flusher {
  readonly #folder: string
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  /** Milliseconds that the last one took. */
  #took = 0
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Answers once all that was written before the call is on the disk. Fails with HOST_SYSTEM_CALL. */
  async flush(): Promise<void> {
    if (this.#next === undefined && this.#running === undefined) return await this.#start()
    this.#next ??= this.#afterThis()
    return await this.#next
  }

  async #afterThis(): Promise<void> {
    await this.#running?.catch(() => undefined)
    await sleep(Math.min(this.#took, longestPauseMs))
    this.#next = undefined
    await this.#start()
  }

  #start(): Promise<void> {
    const began = performance.now()
    const run = this.#sync().finally(() => {
      this.#took = performance.now() - began
      if (this.#running === run) this.#running = undefined
    })
    this.#running = run
    return run
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= this.#startThread())
    // Only while somebody waits for it does it keep the process alive.
    worker.ref()
    try {
      await answerOf(worker)
    } catch (error) {
      const { message } = error as Error
      throw codedError('HOST_SYSTEM_CALL', `The file system of ${this.#folder} could not be synced: ${message}`, {
        cause: error,
      })
    } finally {
      worker.unref()
      this.#idle = setTimeout(() => this.#end(worker), idleMilliseconds).unref()
    }
  }

  #startThread(): Worker {
    const worker = new Worker(new URL('./flush-worker.ts', import.meta.url), { workerData: { folder: this.#folder } })
    const forget = () => {
      if (this.#worker === worker) this.#worker = undefined
    }
    worker.on('error', forget)
    worker.on('exit', forget)
    return worker
  }

  #end(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined
    void worker.terminate()
  }
}

/** Asks the thread once. Fails with what went wrong in it, or when it ends. */
function answerOf(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onMessage = ({ error }: { error?: unknown }) => (error === undefined ? resolve() : reject(error as Error))
  const onExit = () => reject(new Error('its thread ended'))
  worker.once('message', onMessage).once('error', reject).once('exit', onExit)
  worker.postMessage({})
  return promise.finally(() => worker.off('message', onMessage).off('error', reject).off('exit', onExit))
}
