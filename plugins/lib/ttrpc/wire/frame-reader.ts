import { headerLength, maxFrameLength, type Frame } from './frame.ts'

interface Header {
  readonly length: number
  readonly streamId: number
  readonly type: number
  readonly flags: number
}

/**
 * Puts frames together from chunks that are cut anywhere. Holds no more than one frame; data beyond the
 * limit is skipped as it comes, so that one bad message does not end a connection that others share.
 */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #buffered = 0
  #header: Header | undefined
  #toSkip = 0

  /** Takes the next chunk and answers with the frames that it completes. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    let rest = chunk
    while (rest.length > 0) {
      if (this.#toSkip > 0) {
        const skipped = Math.min(this.#toSkip, rest.length)
        this.#toSkip -= skipped
        rest = rest.subarray(skipped)
        continue
      }
      const wanted = (this.#header === undefined ? headerLength : this.#header.length) - this.#buffered
      this.#chunks.push(rest.subarray(0, wanted))
      this.#buffered += Math.min(wanted, rest.length)
      rest = rest.subarray(wanted)
      this.#complete(frames)
    }
    return frames
  }

  #complete(frames: Frame[]): void {
    if (this.#header === undefined) {
      if (this.#buffered < headerLength) return
      const bytes = this.#take()
      this.#header = {
        length: bytes.readUInt32BE(0),
        streamId: bytes.readUInt32BE(4),
        type: bytes.readUInt8(8),
        flags: bytes.readUInt8(9),
      }
    }
    const { length, ...header } = this.#header
    const oversized = length > maxFrameLength
    if (oversized) this.#toSkip = length
    else if (this.#buffered < length) return
    frames.push({ ...header, data: this.#take(), oversized })
    this.#header = undefined
  }

  #take(): Buffer {
    const bytes = this.#chunks.length === 1 ? Buffer.from(this.#chunks[0] ?? []) : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#buffered = 0
    return bytes
  }
}
