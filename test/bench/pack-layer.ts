import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Descriptor } from '../peers/put-image.ts'

export interface PackedLayer {
  readonly layer: Descriptor
  readonly diffId: string
}

/** A gzipped layer, named by its digest in `store`, of what `fill` puts into a folder. Times and owners are fixed. */
export async function packLayer(store: string, fill: (tree: string) => Promise<void>): Promise<PackedLayer> {
  const folder = await mkdtemp(join(store, 'layer-'))
  try {
    const tree = join(folder, 'tree')
    await fill(tree)
    const tar = join(folder, 'layer.tar')
    const fixed = ['--sort=name', '--mtime=@1704067200', '--owner=0', '--group=0', '--numeric-owner']
    await execa('tar', [...fixed, '-cf', tar, '-C', tree, '.'])
    const diffId = await digestOf(tar)
    await execa('gzip', ['-n', '-6', tar])
    const packed = `${tar}.gz`
    const digest = await digestOf(packed)
    const { size } = await stat(packed)
    await rename(packed, join(store, digest))
    return { layer: { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', digest, size }, diffId }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return `sha256:${hash.digest('hex')}`
}
