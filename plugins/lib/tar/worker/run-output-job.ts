import type { Jobs, PathChange } from './jobs.ts'
import { runJob, type JobOptions } from './run-job.ts'

const mostOutstanding = 4

/** Runs a job that answers with a stream. At most a few pieces wait; ending the iteration early ends the job. */
export async function* runOutputJob<
  T extends Uint8Array | readonly PathChange[],
  K extends 'pack' | 'changes' | 'pack-path' = 'pack' | 'changes',
>(job: K, request: Jobs[K]['request'], options: JobOptions): AsyncGenerator<T, void> {
  const controller = new AbortController()
  const signal = options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal])
  const pieces: T[] = []
  let wake: (() => void) | undefined
  let takeMore: (() => void) | undefined
  const end: { reached: boolean; failure?: unknown } = { reached: false }
  const running = runJob(job, request, { signal }, async ({ post, next }) => {
    for (let count = 0; count < mostOutstanding; count++) post({ credit: true })
    takeMore = () => post({ credit: true })
    for (;;) {
      const message = await next()
      if ('result' in message) return
      if ('output' in message) {
        pieces.push(message.output as unknown as T)
        wake?.()
      }
    }
  })
    .catch((error: unknown) => (end.failure = error))
    .finally(() => {
      end.reached = true
      takeMore = undefined
      wake?.()
    })
  try {
    for (;;) {
      while (pieces.length === 0 && !end.reached) await new Promise<void>((resolve) => (wake = resolve))
      const piece = pieces.shift()
      if (piece === undefined) break
      yield piece
      takeMore?.()
    }
    if (end.failure !== undefined) throw end.failure
  } finally {
    controller.abort()
    await running
  }
}
