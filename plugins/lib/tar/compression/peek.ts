/** What was looked at is read from the start; to end it ends the stream behind it, even when nothing was read. */
export interface Peeked {
  /** The first bytes, fewer when the stream is shorter. */
  readonly start: Uint8Array
  /** All of it. The caller reads it to its end or calls `return`. */
  readonly whole: AsyncIterableIterator<Uint8Array, void>
}

/** Looks at the first bytes of a stream. */
export async function peek(input: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const iterator = input[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let seen = 0
  while (seen < length) {
    const next = await iterator.next()
    if (next.done === true) break
    chunks.push(next.value)
    seen += next.value.length
  }
  const start = Buffer.concat(chunks).subarray(0, length)
  // Not a generator: one that has not begun runs nothing when it is ended, and the stream would stay open.
  const whole: AsyncIterableIterator<Uint8Array, void> = {
    async next() {
      const value = chunks.shift()
      if (value !== undefined) return { done: false, value }
      const next = await iterator.next()
      return next.done === true ? { done: true, value: undefined } : next
    },
    async return() {
      chunks.length = 0
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  return { start, whole }
}
