import { createHash } from 'node:crypto'

/** chainIDs of layers by their diffIDs, base first (image-spec, config.md, "Layer ChainID"). */
export function chainIds(diffIds: readonly string[]): string[] {
  const chain: string[] = []
  for (const diffId of diffIds) {
    const parent = chain.at(-1)
    chain.push(
      parent === undefined ? diffId : `sha256:${createHash('sha256').update(`${parent} ${diffId}`).digest('hex')}`,
    )
  }
  return chain
}
