import { pollDescriptor } from './binding.ts'

/**
 * Calls back whenever a descriptor can be read, until `close`. Level-triggered: it calls again as long as
 * data is left. Takes no thread; the same descriptor can be watched once only.
 */
export function watchReadable(descriptor: number, callback: () => void): { close(): void } {
  const handle = pollDescriptor(descriptor, callback)
  let open = true
  return {
    close() {
      if (open) handle.close()
      open = false
    },
  }
}
