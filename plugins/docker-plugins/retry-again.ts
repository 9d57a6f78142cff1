import { setTimeout as sleep } from 'node:timers/promises'

const firstPauseMs = 20
const longestPauseMs = 250

/** Tries some work again while it fails in a way that may pass, for `waitMs` at most; throws the last failure. */
export async function retryAgain<T>(
  work: () => Promise<T>,
  waitMs: number,
  mayPass: (error: unknown) => boolean,
): Promise<T> {
  const end = performance.now() + waitMs
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error) || performance.now() + pause > end) throw error
    }
    await sleep(pause)
  }
}
