import { codedError } from '@moby/contracts'

const prefix = 5

/** A message on a stream of gRPC: a byte for compression (none), its length in four, and itself. */
export function grpcFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(prefix)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/**
 * Takes the messages out of the bytes of a stream; a message in one piece is a view of it. Fails with BUILDKIT_PROTOCOL
 * on a compressed message, which nobody here has offered to read, on one longer than `limit` bytes, and on an end within
 * one.
 */
export class GrpcFrameReader {
  readonly #limit: number
  readonly #head = Buffer.alloc(prefix)
  #headFilled = 0
  /** Of the message that has begun. It grows with what comes, whatever is announced. */
  #body: Buffer = Buffer.alloc(0)
  #bodyFilled = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  take(piece: Uint8Array): Buffer[] {
    const messages: Buffer[] = []
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    while (rest.length > 0) {
      if (this.#headFilled < prefix) {
        const count = rest.copy(this.#head, this.#headFilled)
        this.#headFilled += count
        rest = rest.subarray(count)
        if (this.#headFilled < prefix) break
        this.#checkHead()
      }
      const missing = this.#head.readUInt32BE(1) - this.#bodyFilled
      const next = rest.subarray(0, missing)
      rest = rest.subarray(next.length)
      if (next.length < missing) this.#keep(next)
      else messages.push(this.#finish(next))
    }
    return messages
  }

  end(): void {
    if (this.#headFilled > 0) throw broken('a stream ends within a message')
  }

  #checkHead(): void {
    if (this.#head[0] !== 0) throw broken('a message is compressed, which was not agreed')
    const length = this.#head.readUInt32BE(1)
    if (length > this.#limit) throw broken(`a message has ${length} bytes, and at most ${this.#limit} are read`)
  }

  #keep(piece: Buffer): void {
    const filled = this.#bodyFilled + piece.length
    if (filled > this.#body.length) {
      const length = Math.min(this.#head.readUInt32BE(1), filled * 2)
      this.#body = Buffer.concat([this.#body.subarray(0, this.#bodyFilled)], length)
    }
    piece.copy(this.#body, this.#bodyFilled)
    this.#bodyFilled = filled
  }

  #finish(last: Buffer): Buffer {
    let message = last
    if (this.#bodyFilled > 0) {
      this.#keep(last)
      message = this.#body.subarray(0, this.#bodyFilled)
    }
    this.#body = Buffer.alloc(0)
    this.#bodyFilled = 0
    this.#headFilled = 0
    return message
  }
}

function broken(what: string) {
  return codedError('BUILDKIT_PROTOCOL', `The BuildKit connection cannot be read: ${what}`)
}
