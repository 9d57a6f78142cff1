import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { putBlob, putManifest, type Descriptor } from '../peers/put-image.ts'
import { numbers, writeMixedFiles } from './mixed-files.ts'
import { packLayer, type PackedLayer } from './pack-layer.ts'

const MiB = 1024 * 1024
const recipe = 1
const cache = join(import.meta.dirname, '../../.cache', `bench-images-${recipe}`)

export interface BenchImage {
  readonly name: string
  readonly config: string
  readonly layers: readonly Descriptor[]
}

export interface BenchImages {
  /** One gigabyte of files in eight layers. */
  readonly bulk: BenchImage
  /** Fifty images, each a layer of its own on one that all share. */
  readonly small: readonly BenchImage[]
}

/** The images of the bench, kept between its runs: making them takes a minute. The same on every machine with one gzip. */
export async function makeBenchImages(): Promise<BenchImages> {
  const index = join(cache, 'images.json')
  const kept = await readFile(index, 'utf8').catch(() => undefined)
  if (kept !== undefined) return JSON.parse(kept) as BenchImages
  console.log('making the images of the bench, once')
  await mkdir(cache, { recursive: true })
  const layers: PackedLayer[] = []
  for (let part = 0; part < 8; part += 1) layers.push(await makeLayer(128 * MiB, `part-${part}`, part + 1))
  const base = await makeLayer(2 * MiB, 'base', 100)
  const small: BenchImage[] = []
  for (let each = 0; each < 50; each += 1) {
    const own = await makeLayer(MiB / 4, `own-${each}`, 101 + each)
    small.push(makeImage(`small-${each}`, [base, own]))
  }
  const images = { bulk: makeImage('bulk', layers), small }
  await writeFile(index, JSON.stringify(images))
  return images
}

export async function putBenchImage(image: BenchImage, registry: string): Promise<void> {
  for (const { digest } of image.layers) await putBlob(registry, image.name, digest, { file: join(cache, digest) })
  const config = Uint8Array.from(Buffer.from(image.config))
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`
  await putBlob(registry, image.name, digest, config)
  const mediaType = 'application/vnd.docker.container.image.v1+json'
  await putManifest(registry, image.name, 'latest', {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType, digest, size: config.length },
    layers: image.layers,
  })
}

export function compressedMiB(image: BenchImage): number {
  return Math.round(image.layers.reduce((sum, { size }) => sum + size, 0) / MiB)
}

async function makeLayer(bytes: number, name: string, seed: number): Promise<PackedLayer> {
  return await packLayer(cache, (tree) => writeMixedFiles(join(tree, 'srv', name), bytes, numbers(seed)))
}

function makeImage(name: string, packed: readonly PackedLayer[]): BenchImage {
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: { Cmd: ['/none'] },
    rootfs: { type: 'layers', diff_ids: packed.map(({ diffId }) => diffId) },
    history: packed.map(() => ({ created: '2024-01-01T00:00:00Z', created_by: 'mixed files' })),
  })
  return { name, config, layers: packed.map(({ layer }) => layer) }
}
