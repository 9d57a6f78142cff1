import { createGzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import { codedError } from '@moby/contracts'
import { cleanPath, endMark, paddingOf, readTar, writeHeader } from '@moby/lib-tar'
import type { BlobStore } from './blob-store.ts'
import { readPluginConfig, type PluginConfig } from './plugin-config.ts'

const largestConfig = 4 << 20

/**
 * Reads what `docker plugin create` sends: `config.json`, and the folder `rootfs`, which becomes one layer in the store.
 * All else is passed over. Fails with PLUGIN_PACKAGE_INVALID and the codes of archives.
 */
export async function readArchive(
  input: AsyncIterable<Uint8Array>,
  blobs: BlobStore,
): Promise<{ config: PluginConfig; layer: string }> {
  const found: { config?: Buffer; hasRoot: boolean } = { hasRoot: false }
  const gzip = createGzip()
  // Both at once: an archive may break before the store begins to read, and an error that nobody awaits ends the process.
  const [packed, kept] = await Promise.allSettled([pipeline(rootOf(input, found), gzip), blobs.write(gzip)])
  if (kept.status === 'rejected') throw kept.reason
  if (packed.status === 'rejected') throw packed.reason
  const { digest } = kept.value
  if (!found.hasRoot) throw incomplete('no rootfs found')
  if (found.config === undefined) throw incomplete('config not found')
  return { config: readPluginConfig(found.config), layer: digest }
}

/** The archive of what is in `rootfs`. */
async function* rootOf(
  input: AsyncIterable<Uint8Array>,
  found: { config?: Buffer; hasRoot: boolean },
): AsyncGenerator<Uint8Array, void> {
  for await (const { entry, content } of readTar(input)) {
    const name = cleanPath(entry.name, entry.name)
    if (name === 'config.json') found.config = await readConfig(content)
    const inside = insideRoot(name)
    if (inside === undefined) continue
    found.hasRoot = true
    // Hard links name their target from the root of the archive.
    const linkName =
      entry.type === 'hard-link' ? (insideRoot(cleanPath(entry.linkName, entry.name)) ?? '') : entry.linkName
    yield writeHeader({ ...entry, name: inside === '' ? './' : inside, linkName })
    yield* content
    yield new Uint8Array(paddingOf(entry.size))
  }
  yield endMark
}

function insideRoot(name: string): string | undefined {
  if (name === 'rootfs') return ''
  return name.startsWith('rootfs/') ? name.slice('rootfs/'.length) : undefined
}

async function readConfig(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of content) {
    length += chunk.length
    if (length > largestConfig) throw incomplete(`config.json has more than ${largestConfig} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function incomplete(message: string) {
  return codedError('PLUGIN_PACKAGE_INVALID', message, {
    hint: 'the folder of a plugin holds config.json and its files in rootfs',
  })
}
