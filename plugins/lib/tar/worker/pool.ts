import { availableParallelism } from 'node:os'
import { setMaxListeners } from 'node:events'
import { Worker } from 'node:worker_threads'
import { returnFreedMemory } from '@moby/lib-linux'

/** Threads of each kind. */
const mostThreads = Math.max(2, availableParallelism())
const idleMilliseconds = 30_000

/** A thread with a job in it. It must be given back once the job has ended. */
interface TakenThread {
  readonly worker: Worker
  giveBack(): void
}

interface Thread {
  readonly worker: Worker
  jobs: number
  timer?: NodeJS.Timeout
}

/** Threads that are started when they are wanted, and end when they had nothing to do for a while. */
class Threads {
  readonly #all = new Set<Thread>()

  /** The thread with the fewest jobs. */
  take(): TakenThread {
    const [least] = [...this.#all].toSorted((a, b) => a.jobs - b.jobs)
    const isGood = least !== undefined && (least.jobs === 0 || this.#all.size >= mostThreads)
    const thread = isGood ? least : this.#start()
    clearTimeout(thread.timer)
    thread.jobs += 1
    return { worker: thread.worker, giveBack: () => this.#giveBack(thread) }
  }

  #giveBack(thread: Thread): void {
    thread.jobs -= 1
    if (thread.jobs > 0) return
    thread.timer = setTimeout(() => {
      this.#all.delete(thread)
      void thread.worker.terminate()
    }, idleMilliseconds)
    thread.timer.unref()
  }

  #start(): Thread {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      name: 'layers',
      // Its descriptors come from system calls that Node does not see; it closes them itself.
      trackUnmanagedFds: false,
      // What it makes beside its buffers is small and short-lived: more room would only be kept.
      resourceLimits: { maxYoungGenerationSizeMb: 3 },
    })
    const thread: Thread = { worker, jobs: 0 }
    const forget = () => {
      clearTimeout(thread.timer)
      this.#all.delete(thread)
    }
    // Each job listens, too.
    setMaxListeners(0, worker)
    worker.on('error', forget)
    worker.on('exit', () => {
      forget()
      // The buffers of its jobs were freed long before, and are kept by the C library.
      void returnFreedMemory()
    })
    // A job keeps the process alive, a thread without one does not.
    worker.unref()
    this.#all.add(thread)
    return thread
  }
}

const shared = new Threads()
const own = new Threads()
const waiting: (() => void)[] = []
let busy = 0

/**
 * A thread for a job that others feed or read. Each has many such jobs, piece by piece: none waits for another to end,
 * since that one may wait for it, as what is packed for what unpacks it, or for a client that stands still.
 */
export function shareThread(): TakenThread {
  return shared.take()
}

/** A thread for a job that waits for nobody, alone; waits while all are busy. */
export async function takeThread(): Promise<TakenThread> {
  if (busy < mostThreads) busy += 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  const { worker, giveBack } = own.take()
  return {
    worker,
    giveBack: () => {
      giveBack()
      const next = waiting.shift()
      if (next === undefined) busy -= 1
      else next()
    },
  }
}
