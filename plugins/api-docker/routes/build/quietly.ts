/** What a quiet build that fails tells at most, in characters or bytes; the end of it says why. */
const longestTale = 1024 * 1024

/**
 * The image alone, or what a build has told when it fails. `sizeOf` is the size of what is told, undefined for an item
 * that tells nothing.
 */
export async function* quietly<Item>(
  items: AsyncIterable<Item>,
  { isImage, sizeOf }: { isImage: (item: Item) => boolean; sizeOf: (item: Item) => number | undefined },
): AsyncGenerator<Item> {
  const told: { readonly item: Item; readonly size: number }[] = []
  let length = 0
  try {
    for await (const item of items) {
      if (isImage(item)) {
        yield item
        continue
      }
      const size = sizeOf(item)
      if (size === undefined) continue
      told.push({ item, size })
      length += size
      while (length > longestTale) length -= told.shift()?.size ?? 0
    }
  } catch (error) {
    for (const { item } of told) yield item
    throw error
  }
}
