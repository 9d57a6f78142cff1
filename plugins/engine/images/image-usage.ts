import type { engineImages, ResponseOf } from '@moby/contracts'
import type { ImageRecord } from './image-record.ts'

/** What images occupy: the bytes of every layer once, and of each image those that another has, too. */
export function imageUsage(records: readonly ImageRecord[]): ResponseOf<typeof engineImages, 'usage'> {
  const users = new Map<string, number>()
  const sizes = new Map<string, number>()
  for (const { storage, layers } of records) {
    // A layer may stand twice in one image only where it stands on others, which makes it another one.
    for (const { chainId, size } of layers) {
      const key = `${storage} ${chainId}`
      users.set(key, (users.get(key) ?? 0) + 1)
      sizes.set(key, size)
    }
  }
  const images = records.map(({ id, storage, layers }) => {
    const shared = layers.filter(({ chainId }) => (users.get(`${storage} ${chainId}`) ?? 0) > 1)
    return { id, sharedSize: String(shared.reduce((sum, { size }) => sum + size, 0)) }
  })
  return { layersSize: String([...sizes.values()].reduce((sum, size) => sum + size, 0)), images }
}
