import { readdir, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { SampleEntry } from '@moby/lib-tar/testing'
import type { MadeImage } from '../peers/make-image.ts'
import type { EngineProcess } from './engine-process.ts'
import { listTree } from './tree-listing.ts'

/** Layers of files that compress to nothing less: so many bytes each. */
export function randomLayers(count: number, bytes: number): SampleEntry[][] {
  return Array.from({ length: count }, (_, at) => [
    { name: `layer-${at}/`, type: 'directory' as const },
    ...Array.from({ length: 8 }, (_each, file) => ({
      name: `layer-${at}/file-${file}`,
      content: randomBytes(Math.floor(bytes / 8)),
    })),
    // Each layer replaces what the one below has there.
    { name: 'top', content: `layer ${at}` },
  ])
}

/** What an engine keeps of images that no image needs: partial blobs, spools, leases' content, half made layers. */
export async function leftoversOf(engine: EngineProcess): Promise<string[]> {
  const images = join(engine.dataRoot, 'components/engine/images')
  const ingest = await readdir(join(images, 'ingest'))
  return ingest.filter((name) => name !== 'views')
}

/** Bytes on disk of what broken pulls left, whole blobs and parts of them. */
export async function bytesKept(engine: EngineProcess): Promise<number> {
  const images = join(engine.dataRoot, 'components/engine/images')
  let bytes = 0
  for (const folder of ['ingest', 'blobs/sha256']) {
    for (const entry of await readdir(join(images, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).blocks * 512
    }
  }
  return bytes
}

/** The blobs that a content store has of an image when it has all of it and nothing else. */
export function neededBlobs(image: MadeImage): string[] {
  const digests = [image.id, image.manifest.digest, ...image.layers.map(({ digest }) => digest)]
  return digests.map((digest) => digest.slice('sha256:'.length)).toSorted()
}

/** The blobs in the content store of an engine. */
export async function blobsOf(engine: EngineProcess): Promise<string[]> {
  return (await readdir(join(engine.dataRoot, 'components/engine/images/blobs/sha256'))).toSorted()
}

/** Every file of an image, as a container of it is exported. */
export async function treeOf(engine: EngineProcess, image: string): Promise<string[]> {
  const created = await engine.docker(['create', '--network', 'none', image, '/none'])
  if (created.exitCode !== 0) throw new Error(`create answered: ${created.stderr}`)
  const id = created.stdout.trim()
  try {
    const stream = await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
      const call = request({ socketPath: engine.socket, path: `/containers/${id}/export` }, resolve)
      call.on('error', reject).end()
    })
    return await listTree(stream)
  } finally {
    await engine.docker(['rm', id])
  }
}
