import { DetachScanner } from './detach-keys.ts'
import type { Attachment } from './ports.ts'

export interface InputPump {
  /** Set when the detach keys came. */
  readonly detached: boolean
}

/**
 * Carries a client's input to a process in the background until it ends, the detach keys come or the attachment is
 * closed. The end of the input calls `onEnd` where it is the end of the standard input too.
 */
export function pumpInput(parts: {
  input: AsyncIterable<Uint8Array>
  attachment: Attachment
  /** Absent where no keys are looked for: without a terminal. */
  detachKeys?: Uint8Array | undefined
  onEnd: () => Promise<void>
  onFailure: (error: unknown) => void
}): InputPump {
  const pump = { detached: false }
  const { attachment } = parts
  const scanner = parts.detachKeys === undefined ? undefined : new DetachScanner(parts.detachKeys)
  void (async () => {
    try {
      for await (const data of parts.input) {
        const { forward, detached } = scanner?.scan(data) ?? { forward: data, detached: false }
        if (forward.length > 0) await attachment.write(forward)
        if (!detached) continue
        pump.detached = true
        attachment.close()
        return
      }
    } catch (error) {
      parts.onFailure(error)
    }
    try {
      if (attachment.endInput()) await parts.onEnd()
    } catch (error) {
      parts.onFailure(error)
    }
  })()
  return pump
}
