import type { TarEntry } from './entry.ts'
import type { TarLimits } from './limits.ts'
import { TarReader, type TarEvent } from './tar-reader.ts'

/** An entry with its content, which must be read before the next entry is asked for; what is left is skipped. */
export interface StreamedEntry {
  readonly entry: TarEntry
  readonly content: AsyncIterable<Uint8Array>
}

/** Reads an archive entry by entry as it comes in. Errors: those of `TarReader`, and those of the input. */
export async function* readTar(
  input: AsyncIterable<Uint8Array>,
  limits: Partial<TarLimits> = {},
): AsyncGenerator<StreamedEntry, void> {
  const events = readEvents(input, limits)
  try {
    let next: IteratorResult<TarEvent, void> = await events.next()
    const advance = async () => (next = await events.next())
    const isAt = (event: TarEvent) => next.value === event
    while (next.done !== true) {
      const entry: TarEvent = next.value
      if (!(entry instanceof Uint8Array)) {
        yield { entry, content: contentOf(advance) }
        // The content may have been read to its end, in part or not at all.
        if (!isAt(entry)) continue
      }
      await advance()
    }
  } finally {
    await events.return()
  }
}

async function* contentOf(advance: () => Promise<IteratorResult<TarEvent, void>>): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const { done, value } = await advance()
    if (done === true || !(value instanceof Uint8Array)) return
    yield value
  }
}

async function* readEvents(
  input: AsyncIterable<Uint8Array>,
  limits: Partial<TarLimits>,
): AsyncGenerator<TarEvent, void> {
  const reader = new TarReader(limits)
  for await (const chunk of input) yield* reader.push(chunk)
  reader.finish()
}
