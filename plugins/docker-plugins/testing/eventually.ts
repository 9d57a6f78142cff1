import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until a check holds; throws its last failure after `withinMs`. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await sleep(10)
  }
}
