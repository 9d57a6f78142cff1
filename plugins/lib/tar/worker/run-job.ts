import type { Worker } from 'node:worker_threads'
import { CodedError, codedError } from '@moby/contracts/errors'
import type { FromWorker, JobName, Jobs, SentError, ToWorker } from './jobs.ts'
import { endWorker, giveBack, takeWorker } from './pool.ts'

export interface JobOptions {
  readonly signal?: AbortSignal | undefined
}

/** A job that runs in a worker thread. */
export interface RunningJob {
  post(message: ToWorker, transfer?: ArrayBuffer[]): void
  /** Waits for the next message. Throws what the worker threw, or CANCELLED at once when the signal is aborted. */
  next(): Promise<Exclude<FromWorker, { readonly error: SentError }>>
}

/**
 * Runs `work` beside a job in a worker thread. Whatever happens, the thread has no work afterwards.
 */
export async function runJob<K extends JobName, T>(
  job: K,
  request: Jobs[K]['request'],
  options: JobOptions,
  work: (running: RunningJob) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted()
  const worker = await takeWorker()
  const stopped = new Int32Array(new SharedArrayBuffer(4))
  const messages = new Messages(worker)
  const stop = () => {
    Atomics.store(stopped, 0, 1)
    // Wakes a worker that waits for room for its output.
    worker.postMessage({ credit: true } satisfies ToWorker)
  }
  options.signal?.addEventListener('abort', stop)
  let isOver = false
  const running: RunningJob = {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    next: async () => {
      const message = await messages.next()
      isOver = 'result' in message || 'error' in message
      if (!('error' in message)) return message
      if (options.signal?.aborted) throw codedError('CANCELLED', 'The work was cancelled')
      throw receiveError(message.error)
    },
  }
  try {
    worker.postMessage({ start: { job, request }, stopped })
    return await work(running)
  } finally {
    options.signal?.removeEventListener('abort', stop)
    // A thread is never ended from outside, since it would leave its descriptors open.
    if (!isOver) await end(worker, stopped, messages)
    messages.detach()
    if (messages.isDead) endWorker(worker)
    else giveBack(worker)
  }
}

/** Stops a job at its next check and waits until it has said so. */
async function end(worker: Worker, stopped: Int32Array<SharedArrayBuffer>, messages: Messages): Promise<void> {
  Atomics.store(stopped, 0, 1)
  for (const message of [{ endOfInput: true }, { credit: true }] satisfies ToWorker[]) worker.postMessage(message)
  for (;;) {
    const message = await messages.next()
    if ('result' in message || 'error' in message) return
  }
}

/** Messages of a worker, in order; its death is the last. */
class Messages {
  readonly #queue: FromWorker[] = []
  #wake: (() => void) | undefined
  isDead = false

  readonly #worker: Worker
  readonly #listeners = {
    message: (message: FromWorker) => this.#push(message),
    error: (error: Error) => this.#die(`A worker thread failed: ${error.message}`),
    exit: () => this.#die('A worker thread ended early'),
  }

  constructor(worker: Worker) {
    this.#worker = worker
    for (const [event, listener] of Object.entries(this.#listeners)) worker.on(event, listener)
  }

  detach(): void {
    for (const [event, listener] of Object.entries(this.#listeners)) this.#worker.off(event, listener)
  }

  async next(): Promise<FromWorker> {
    while (this.#queue.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#queue.shift() as FromWorker
  }

  #push(message: FromWorker): void {
    this.#queue.push(message)
    this.#wake?.()
  }

  #die(message: string): void {
    if (this.isDead) return
    this.isDead = true
    this.#push({ error: { code: undefined, message, hint: undefined, details: undefined } })
  }
}

function receiveError(error: SentError): Error {
  if (error.code === undefined) return new Error(error.message)
  return new CodedError(error.code, error.message, { hint: error.hint, details: error.details })
}
