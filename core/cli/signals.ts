import process from 'node:process'

/**
 * Waits for SIGINT or SIGTERM. From the first on, `signal` is aborted; the second ends the process at
 * once with status 130, for those who cannot wait.
 */
export function catchSignals(): { readonly asked: Promise<NodeJS.Signals>; readonly signal: AbortSignal } {
  const controller = new AbortController()
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    const hear = (name: NodeJS.Signals) => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
      resolve(name)
    }
    process.on('SIGINT', hear)
    process.on('SIGTERM', hear)
  })
  return { asked, signal: controller.signal }
}
