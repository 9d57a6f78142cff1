/** Called when something has changed. */
export type Waiting = () => void

/**
 * What `look` finds, looked for again at each change until it is there; undefined when `patience` milliseconds have
 * passed without. Fails when the signal is aborted.
 */
export async function waitFor<T>(
  look: () => T | undefined,
  options: { readonly waiting: Set<Waiting>; readonly patience: number; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const { waiting, patience, signal } = options
  signal.throwIfAborted()
  const there = look()
  if (there !== undefined) return there
  return await new Promise<T | undefined>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      waiting.delete(wake)
      signal.removeEventListener('abort', leave)
    }
    const wake = () => {
      const found = look()
      if (found === undefined) return
      end()
      resolve(found)
    }
    const leave = () => {
      end()
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      end()
      resolve(undefined)
    }, patience)
    waiting.add(wake)
    signal.addEventListener('abort', leave)
  })
}
