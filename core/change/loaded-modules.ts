import type { EntryPayload } from '../payloads/payload-keeper.ts'

/**
 * What this process has loaded of the packages of modules. A process loads a file once: whoever imports it later gets what was read
 * then, also when the file is another by now.
 */
export class LoadedModules {
  readonly #digests = new Map<string, string>()

  /** Of entries that are about to be started from these places. */
  note(entries: readonly EntryPayload[]): void {
    for (const { locked, payload } of entries) {
      if (locked.mode !== 'module') continue
      for (const { folder, digest } of payload.parts ?? []) {
        if (!this.#digests.has(folder)) this.#digests.set(folder, digest)
      }
    }
  }

  /** True when a module would get something else from its place than its files of today. */
  isStale({ locked, payload }: EntryPayload): boolean {
    if (locked.mode !== 'module') return false
    return (payload.parts ?? []).some(({ folder, digest }) => (this.#digests.get(folder) ?? digest) !== digest)
  }
}
