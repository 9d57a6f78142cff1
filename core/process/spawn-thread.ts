import process from 'node:process'
import { Worker } from 'node:worker_threads'
import { killGroup } from './kill-group.ts'
import type { OutputName, ProcessEnd, SpawnCommand, SpawnOrder, SpawnReport } from './spawn-messages.ts'

/** What is told of a process that was started, in this order. */
export interface SpawnEvents {
  readonly output: (name: OutputName, chunk: Uint8Array) => void
  /** The process is gone; what it wrote last may still come. */
  readonly exited: () => void
  readonly ended: (end: ProcessEnd) => void
}

/** A process that was started by the thread, which holds its standard input open. */
export interface SpawnedProcess {
  readonly pid: number
  signal(name: NodeJS.Signals): void
  /** SIGKILL for the whole group. */
  kill(): void
}

interface Entry {
  readonly events: SpawnEvents
  readonly settle: PromiseWithResolvers<SpawnedProcess>
  pid?: number
  hasExited?: boolean
}

/** The thread itself. */
export function beginSpawnWorker(): Worker {
  const cache = process.env['NODE_COMPILE_CACHE']
  return new Worker(new URL('spawn-worker.ts', import.meta.url), {
    name: 'component processes',
    // Neither the flags nor the variables of the engine are for it: it loads as little as it can.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  })
}

/**
 * Starts processes without holding up the event loop: to start one copies the tables of the engine's memory and waits
 * until the new program runs, 10 ms and more in which no request would be answered. So a thread of its own waits.
 * It ends with the engine, and with it the standard input of every process that it has started.
 */
export class SpawnThread {
  readonly #entries = new Map<number, Entry>()
  readonly #make: () => Worker
  #worker: Worker | undefined
  #last = 0

  constructor(make: () => Worker = beginSpawnWorker) {
    this.#make = make
  }

  /** Fails with the error of the system when the program cannot be started; then no event comes. */
  async spawn(order: SpawnOrder, events: SpawnEvents): Promise<SpawnedProcess> {
    const settle = Promise.withResolvers<SpawnedProcess>()
    const id = ++this.#last
    this.#entries.set(id, { events, settle })
    const worker = (this.#worker ??= this.#begin())
    worker.ref()
    worker.postMessage({ id, kind: 'spawn', order } satisfies SpawnCommand)
    return await settle.promise
  }

  #begin(): Worker {
    const worker = this.#make()
    worker.on('message', (report: SpawnReport) => this.#hear(worker, report))
    worker.on('error', (error) => this.#lose(worker, error))
    worker.on('exit', () => this.#lose(worker, new Error('the thread that starts processes has ended')))
    return worker
  }

  #hear(worker: Worker, report: SpawnReport): void {
    const { id } = report
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    switch (report.kind) {
      case 'started':
        entry.pid = report.pid
        return entry.settle.resolve(this.#spawned(worker, id, report.pid))
      case 'failed':
        this.#forget(worker, id)
        return entry.settle.reject(Object.assign(new Error(report.message), { code: report.errno }))
      case 'output':
        entry.events.output(report.output, report.chunk)
        return this.#send(worker, { id, kind: 'taken', output: report.output, bytes: report.chunk.length })
      case 'exited':
        entry.hasExited = true
        return entry.events.exited()
      case 'ended':
        this.#forget(worker, id)
        return entry.events.ended(report.end)
    }
  }

  #spawned(worker: Worker, id: number, pid: number): SpawnedProcess {
    return {
      pid,
      signal: (name) => this.#send(worker, { id, kind: 'signal', name }),
      kill: () => this.#send(worker, { id, kind: 'kill' }),
    }
  }

  #send(worker: Worker, command: SpawnCommand): void {
    worker.postMessage(command)
  }

  #forget(worker: Worker, id: number): void {
    this.#entries.delete(id)
    // A process that runs keeps the engine; a thread with nothing to do does not.
    if (this.#entries.size === 0) worker.unref()
  }

  /**
   * Nobody holds the pipes of its processes any more, nor learns of their end: they are ended, and the next start begins
   * another thread.
   */
  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const { events, settle, pid, hasExited } of entries) {
      if (pid === undefined) {
        settle.reject(error)
        continue
      }
      if (hasExited !== true) {
        killGroup(pid)
        events.exited()
      }
      events.ended({ code: null, signal: 'SIGKILL' })
    }
  }
}
