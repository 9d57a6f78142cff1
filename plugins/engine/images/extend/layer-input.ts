/** What the archive of nothing is: two blocks of zeros, the end mark alone. */
const emptyArchive = 1024

/** The archive of a layer, or undefined when it holds nothing: no bytes at all, or an end mark alone. */
export async function layerInput(
  input: AsyncIterable<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array, void> | undefined> {
  const iterator = input[Symbol.asyncIterator]()
  const start: Uint8Array[] = []
  let length = 0
  let isZero = true
  while (isZero && length <= emptyArchive) {
    const next = await iterator.next()
    if (next.done === true) return undefined
    start.push(next.value)
    length += next.value.length
    isZero = next.value.every((byte) => byte === 0)
  }
  return rest(start, iterator)
}

async function* rest(
  start: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* start
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}
