/** A message with its length in front, as it goes over TCP (RFC 1035, 4.2.2). */
export function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message])
}

/** Cuts a byte stream into the messages that were framed. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    while (this.#rest.length >= 2) {
      const end = 2 + this.#rest.readUInt16BE(0)
      if (this.#rest.length < end) break
      messages.push(this.#rest.subarray(2, end))
      this.#rest = this.#rest.subarray(end)
    }
    return messages
  }
}
