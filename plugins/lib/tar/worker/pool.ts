import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

const mostWorkers = Math.max(2, availableParallelism())
const idleMilliseconds = 30_000

const idle = new Map<Worker, NodeJS.Timeout>()
const waiting: ((worker: Worker) => void)[] = []
let count = 0

/** A worker thread for one job; waits while all are busy. It must be given back, or ended. */
export function takeWorker(): Promise<Worker> {
  const [ready] = idle.keys()
  if (ready !== undefined) {
    clearTimeout(idle.get(ready))
    idle.delete(ready)
    ready.ref()
    return Promise.resolve(ready)
  }
  if (count < mostWorkers) return Promise.resolve(makeWorker())
  return new Promise((resolve) => waiting.push(resolve))
}

/** Gives a worker back that has finished its job. Idle ones keep no process alive, and end after a while. */
export function giveBack(worker: Worker): void {
  const next = waiting.shift()
  if (next !== undefined) {
    next(worker)
    return
  }
  worker.unref()
  const timer = setTimeout(() => endWorker(worker), idleMilliseconds)
  timer.unref()
  idle.set(worker, timer)
}

/** Ends a worker that cannot be used any more, and lets another take its place. */
export function endWorker(worker: Worker): void {
  clearTimeout(idle.get(worker))
  idle.delete(worker)
  void worker.terminate()
  count -= 1
  const next = waiting.shift()
  if (next !== undefined) next(makeWorker())
}

function makeWorker(): Worker {
  count += 1
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    name: 'layers',
    // Its descriptors come from system calls that Node does not see; it closes them itself.
    trackUnmanagedFds: false,
  })
  worker.on('error', () => {
    if (idle.has(worker)) endWorker(worker)
  })
  return worker
}
