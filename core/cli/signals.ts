import process from 'node:process'

/** A signal so soon after the first is the same one twice: npm hands on what the terminal has sent as well. */
const sameSignalMs = 300

/**
 * Waits for SIGINT or SIGTERM. A second one ends the process at once with status 130, for those who
 * cannot wait.
 */
export function catchSignals(): Promise<NodeJS.Signals> {
  // A process with nothing to wait for would end by itself: not an engine.
  const alive = setInterval(() => undefined, 2 ** 30)
  return new Promise((resolve) => {
    let first: number | undefined
    const hear = (name: NodeJS.Signals) => {
      if (first !== undefined && performance.now() - first > sameSignalMs) process.exit(130)
      first ??= performance.now()
      clearInterval(alive)
      resolve(name)
    }
    process.on('SIGINT', hear)
    process.on('SIGTERM', hear)
  })
}
