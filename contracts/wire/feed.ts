import type { ClientRequest } from 'node:http'
import type { StreamType } from '../component/contract.ts'
import { writeWithRoom } from './body.ts'
import type { WireLimits } from './limits.ts'
import { itemFrames, statusFrame } from './stream.ts'

/** An input on its way to the peer. */
export interface Feed {
  /** What the source threw, if it did: the cause of the peer's error. */
  failure(): { readonly error: unknown } | undefined
  /** Sends no more and gives the source back. */
  stop(): void
}

/** Sends the source as frames, as fast as the peer takes them. A failure of the source travels as its status. */
export function feedInput(
  request: ClientRequest,
  type: StreamType,
  source: AsyncIterable<unknown>,
  limits: WireLimits,
): Feed {
  const iterator = source[Symbol.asyncIterator]()
  let failed: { error: unknown } | undefined
  const state = { running: true }
  const stop = (): void => {
    if (!state.running) return
    state.running = false
    void iterator.return?.().catch(() => undefined)
  }
  request.on('close', stop)

  const pump = async (): Promise<void> => {
    try {
      for (let next = await iterator.next(); state.running && next.done !== true; next = await iterator.next()) {
        for (const frame of itemFrames(type, next.value, limits)) {
          if (!(await writeWithRoom(request, frame))) return stop()
        }
      }
      if (state.running) request.end(statusFrame('ended'))
      state.running = false
    } catch (error) {
      failed = { error }
      state.running = false
      if (!request.destroyed) request.end(statusFrame(failed))
    }
  }
  void pump()
  return { failure: () => failed, stop }
}
