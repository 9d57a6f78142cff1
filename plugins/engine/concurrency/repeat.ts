/**
 * Does something now and then, never twice at once, without keeping the process alive. The answer ends it, and waits for
 * what is under way. `work` deals with its failures.
 */
export function repeat(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= work().finally(() => (running = undefined))
  }, milliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
