import { codedError } from '@moby/contracts'

const prefix = 5

/** A message on a stream of gRPC: a byte for compression (none), its length in four, and itself. */
export function grpcFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(prefix)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/**
 * Takes the messages out of the bytes of a stream. Fails with BUILDKIT_PROTOCOL on a compressed message, which nobody
 * here has offered to read, on one longer than `limit` bytes, and on an end within one.
 */
export class GrpcFrameReader {
  readonly #limit: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(limit: number) {
    this.#limit = limit
  }

  take(piece: Uint8Array): Buffer[] {
    let rest = this.#rest.length === 0 ? asBuffer(piece) : Buffer.concat([this.#rest, piece])
    const messages: Buffer[] = []
    while (rest.length >= prefix) {
      if (rest[0] !== 0) throw broken('a message is compressed, which was not agreed')
      const length = rest.readUInt32BE(1)
      if (length > this.#limit) throw broken(`a message has ${length} bytes, and at most ${this.#limit} are read`)
      if (rest.length < prefix + length) break
      messages.push(rest.subarray(prefix, prefix + length))
      rest = rest.subarray(prefix + length)
    }
    this.#rest = rest
    return messages
  }

  end(): void {
    if (this.#rest.length > 0) throw broken('a stream ends within a message')
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function broken(what: string) {
  return codedError('BUILDKIT_PROTOCOL', `The BuildKit connection cannot be read: ${what}`)
}
