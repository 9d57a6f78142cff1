import { setTimeout as sleep } from 'node:timers/promises'
import type { Progress } from '@moby/contracts'
import { familiarName, type Reference } from '@moby/contracts/reference'
import type { BlobStore } from './blob-store.ts'
import type { PluginPackage } from './plugin-record.ts'
import type { FoundPackage, PluginRepository } from './plugin-repository.ts'

/** Milliseconds between two lines about the same bytes. */
const tellEveryMs = 100

/** Brings what a package holds and is not here, telling it in Docker's words; answers the digests. */
export async function* fetchPackage(
  repository: PluginRepository,
  found: FoundPackage,
  reference: Reference,
  blobs: BlobStore,
): AsyncGenerator<Progress, PluginPackage> {
  yield { status: `Pulling from ${familiarName(reference)}`, id: reference.tag ?? reference.digest ?? 'latest' }
  yield { status: `Digest: ${found.digest}` }
  const { config, layers } = found.manifest
  for (const layer of layers) {
    const id = layer.digest.replace('sha256:', '').slice(0, 12)
    if (blobs.has(layer.digest)) {
      yield { id, status: 'Already exists' }
      continue
    }
    yield { id, status: 'Pulling fs layer' }
    yield* counting(
      repository.blob(layer),
      (input) => blobs.write(input, layer),
      (current) => ({
        id,
        status: 'Downloading',
        current,
        total: layer.size,
      }),
    )
    yield { id, status: 'Download complete' }
  }
  if (!blobs.has(config.digest)) await blobs.write([await repository.config(found)], config)
  await blobs.write([found.content], { digest: found.digest, size: found.content.length })
  return { manifest: found.digest, config: config.digest, layers: layers.map(({ digest }) => digest) }
}

/** Works on an input, and tells in intervals how much of it was read. */
export async function* counting<T>(
  input: AsyncIterable<Uint8Array>,
  work: (input: AsyncIterable<Uint8Array>) => Promise<T>,
  tell: (current: number) => Progress,
): AsyncGenerator<Progress, T> {
  let current = 0
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      current += chunk.length
      yield chunk
    }
  }
  const working = work(counted()).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  for (let told = 0; ;) {
    const done = await Promise.race([working, sleep(tellEveryMs, undefined)])
    if (done !== undefined) {
      if ('error' in done) throw done.error
      return done.value
    }
    if (current !== told) yield tell(current)
    told = current
  }
}
