import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { CodedError, codedError } from '@moby/contracts/errors'
import type { FromWorker, JobName, Jobs, SentError, StartJob, ToJob } from './jobs.ts'
import { shareThread, takeThread } from './pool.ts'
import { refuseAborted } from './refuse-aborted.ts'

export interface JobOptions {
  readonly signal?: AbortSignal | undefined
}

/** Jobs that are fed or read piece by piece, as fast as others do it. */
const streaming: ReadonlySet<JobName> = new Set(['apply', 'pack', 'changes', 'pack-path', 'extract'])

/** A job that runs in a worker thread. */
export interface RunningJob {
  post(message: ToJob, transfer?: ArrayBuffer[]): void
  /** Waits for the next message. Throws what the worker threw, or CANCELLED at once when the signal is aborted. */
  next(): Promise<Exclude<FromWorker, { readonly error: SentError }>>
}

/**
 * Runs `work` beside a job in a worker thread. Whatever happens, the thread has nothing of it afterwards.
 */
export async function runJob<K extends JobName, T>(
  job: K,
  request: Jobs[K]['request'],
  options: JobOptions,
  work: (running: RunningJob) => Promise<T>,
): Promise<T> {
  refuseAborted(options.signal)
  const thread = streaming.has(job) ? shareThread() : await takeThread()
  const { port1: port, port2 } = new MessageChannel()
  const stopped = new Int32Array(new SharedArrayBuffer(4))
  const messages = new Messages(port, thread.worker)
  const stop = () => {
    Atomics.store(stopped, 0, 1)
    // Wakes a job that waits for room for its output.
    port.postMessage({ credit: true } satisfies ToJob)
  }
  options.signal?.addEventListener('abort', stop)
  let isOver = false
  const running: RunningJob = {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    next: async () => {
      const message = await messages.next()
      isOver = 'result' in message || 'error' in message
      if (!('error' in message)) return message
      if (options.signal?.aborted) throw codedError('CANCELLED', 'The work was cancelled')
      throw receiveError(message.error)
    },
  }
  try {
    // It may have been given up while it waited for a thread.
    if (options.signal?.aborted === true) Atomics.store(stopped, 0, 1)
    const start = { job, request } as StartJob['start']
    thread.worker.postMessage({ start, stopped, port: port2 } satisfies StartJob, [port2])
    return await work(running)
  } finally {
    options.signal?.removeEventListener('abort', stop)
    // A thread is never ended from outside, since it would leave its descriptors open.
    if (!isOver) await end(port, stopped, messages)
    messages.close()
    thread.giveBack()
  }
}

/** Stops a job at its next check and waits until it has said so. */
async function end(port: MessagePort, stopped: Int32Array<SharedArrayBuffer>, messages: Messages): Promise<void> {
  Atomics.store(stopped, 0, 1)
  for (const message of [{ endOfInput: true }, { credit: true }] satisfies ToJob[]) port.postMessage(message)
  for (;;) {
    const message = await messages.next()
    if ('result' in message || 'error' in message) return
  }
}

/** Messages of a job, in order; the death of its thread is the last. */
class Messages {
  readonly #port: MessagePort
  readonly #worker: Worker
  readonly #queue: FromWorker[] = []
  readonly #listeners = {
    error: (error: Error) => this.#die(`A worker thread failed: ${error.message}`),
    exit: () => this.#die('A worker thread ended early'),
  }
  #wake: (() => void) | undefined
  #isDead = false

  constructor(port: MessagePort, worker: Worker) {
    this.#port = port
    this.#worker = worker
    port.on('message', (message: FromWorker) => this.#push(message))
    for (const [event, listener] of Object.entries(this.#listeners)) worker.on(event, listener)
  }

  close(): void {
    this.#port.close()
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
    if (this.#isDead) return
    this.#isDead = true
    this.#push({ error: { code: undefined, message, hint: undefined, details: undefined } })
  }
}

function receiveError(error: SentError): Error {
  if (error.code === undefined) return new Error(error.message)
  return new CodedError(error.code, error.message, { hint: error.hint, details: error.details })
}
