import type { OutputChunk } from '@moby/contracts'
import type { InputPipe } from './input-pipe.ts'
import type { OutputSource, SourceReader } from './output-source.ts'
import { Wakeup } from './wakeup.ts'

const bytesPerChunk = 64 * 1024

interface Lane {
  readonly stream: OutputChunk['stream']
  readonly source: OutputSource
  readonly reader: SourceReader
}

/**
 * A live view of the output from the moment it was made, and the way to the input. Bytes come as they
 * were written, in order per stream. One that does not read makes the process wait, and is cut after
 * a while with OUTPUT_TOO_SLOW.
 */
export class LiveAttachment {
  readonly #sources: readonly OutputSource[]
  readonly #lanes: Lane[]
  readonly #watched: { source: OutputSource; reader: SourceReader }[]
  readonly #input: InputPipe | undefined
  readonly #endsInput: boolean
  readonly #wakeup = new Wakeup()
  #closed = false

  constructor(options: {
    /** All streams of the process: the attachment ends when they have ended. */
    sources: readonly OutputSource[]
    /** Those that are wanted. */
    wanted: ReadonlyMap<OutputChunk['stream'], OutputSource>
    input: InputPipe | undefined
    /** Whether the end of this attachment's input is the end of the standard input. */
    endsInput: boolean
  }) {
    const wake = () => this.#wakeup.notify()
    this.#sources = options.sources
    this.#lanes = [...options.wanted].map(([stream, source]) => ({
      stream,
      source,
      reader: source.follow(source.end, { patient: false, wake }),
    }))
    this.#watched = [...this.#lanes]
    for (const source of options.sources) {
      if (this.#lanes.some((lane) => lane.source === source)) continue
      this.#watched.push({ source, reader: source.follow(Infinity, { patient: false, wake }) })
    }
    this.#input = options.input
    this.#endsInput = options.endsInput
  }

  /** To be iterated once. Fails with OUTPUT_TOO_SLOW when it was cut. */
  get output(): AsyncIterable<OutputChunk> {
    return this.#read()
  }

  /** Returns when the pipe has taken the data. */
  async write(data: Uint8Array): Promise<void> {
    await this.#input?.write(data)
  }

  /** Ends the standard input, where that is due. True when the runtime's `closeStdin` must follow. */
  endInput(): boolean {
    if (this.#input === undefined || !this.#endsInput) return false
    this.#input.end()
    return true
  }

  /** The view ends; the process is not touched. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const { source, reader } of this.#watched) source.leave(reader)
    this.#wakeup.notify()
  }

  async *#read(): AsyncIterable<OutputChunk> {
    try {
      while (!this.#closed) {
        const ended = this.#sources.every((source) => source.ended)
        let idle = true
        for (const { stream, source, reader } of this.#lanes) {
          if (this.#closed) return
          if (reader.failure !== undefined) throw reader.failure
          const data = source.read(reader.position, bytesPerChunk)
          if (data.length === 0) continue
          idle = false
          yield { stream, data }
          source.advance(reader, reader.position + data.length)
        }
        if (!idle) continue
        if (ended) return
        await this.#wakeup.wait()
      }
    } finally {
      this.close()
    }
  }
}
