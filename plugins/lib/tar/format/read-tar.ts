import { defaultExpansion } from '../compression/expansion.ts'
import type { TarEntry } from './entry.ts'
import { Hole } from './hole.ts'
import type { TarLimits } from './limits.ts'
import { TarReader } from './tar-reader.ts'

type StreamEvent = TarEntry | Uint8Array

const mostZeros = 1 << 20

/** An entry with its content, which must be read before the next entry is asked for; what is left is skipped. */
export interface StreamedEntry {
  readonly entry: TarEntry
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Reads an archive entry by entry as it comes in. Holes of sparse files are written out as zeros, so that by default
 * they may not make the contents larger than compression may. Errors: those of `TarReader`, and those of the input.
 */
export async function* readTar(
  input: AsyncIterable<Uint8Array>,
  limits: Partial<TarLimits> = {},
): AsyncGenerator<StreamedEntry, void> {
  const events = readEvents(input, limits)
  try {
    let next: IteratorResult<StreamEvent, void> = await events.next()
    const advance = async () => (next = await events.next())
    const isAt = (event: StreamEvent) => next.value === event
    while (next.done !== true) {
      const entry: StreamEvent = next.value
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

async function* contentOf(advance: () => Promise<IteratorResult<StreamEvent, void>>): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const { done, value } = await advance()
    if (done === true || !(value instanceof Uint8Array)) return
    yield value
  }
}

async function* readEvents(
  input: AsyncIterable<Uint8Array>,
  limits: Partial<TarLimits>,
): AsyncGenerator<StreamEvent, void> {
  const reader = new TarReader({ expansion: defaultExpansion, ...limits })
  for await (const chunk of input) {
    for (const event of reader.push(chunk)) {
      if (event instanceof Hole) yield* zerosOf(event)
      else yield event
    }
  }
  reader.finish()
}

/** Fresh memory each time: who gets a piece may keep it, or hand it over to a thread. */
function* zerosOf({ length }: Hole): Generator<Uint8Array, void> {
  for (let left = length; left > 0; left -= mostZeros) yield new Uint8Array(Math.min(left, mostZeros))
}
