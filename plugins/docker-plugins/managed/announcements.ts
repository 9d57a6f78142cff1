import { setMaxListeners } from 'node:events'
import { EventEmitter, on } from 'node:events'
import type { enginePlugins, ItemOf } from '@moby/contracts'

export type Announcement = ItemOf<typeof enginePlugins, 'watch'>

/** Tells whoever watches what is done with plugins. */
export class Announcements {
  readonly #emitter = new EventEmitter()
  readonly #closing = new AbortController()

  constructor() {
    this.#emitter.setMaxListeners(0)
    setMaxListeners(0, this.#closing.signal)
  }

  tell(action: Announcement['action'], id: string, name: string): void {
    this.#emitter.emit('told', { action, id, name } satisfies Announcement)
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<Announcement, void> {
    const ending = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    try {
      for await (const [told] of on(this.#emitter, 'told', { signal: ending })) yield told as Announcement
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error
    }
  }

  /** Ends every watch. */
  close(): void {
    this.#closing.abort()
  }
}
