import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { execa } from 'execa'
import { fillBase, fillChanges } from './fixture-trees.ts'

export const architectures = ['amd64', 'arm64'] as const

interface Blob {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/**
 * Writes an OCI layout: one image for each architecture under its name, and an index of both as `index`. Written here
 * from the specification with tar and zlib alone, so that no tool under test made what it is tested with.
 */
export async function writeFixtureLayout(layout: string, compression: 'gzip' | 'zstd'): Promise<void> {
  const blobs = join(layout, 'blobs/sha256')
  await mkdir(blobs, { recursive: true })
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const put = async (mediaType: string, content: string | Uint8Array): Promise<Blob> => {
    const hash = sha256(content)
    await writeFile(join(blobs, hash), content)
    return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(content) }
  }
  const base = await pack(layout, compression, fillBase)
  const manifests: object[] = []
  for (const architecture of architectures) {
    const changes = await pack(layout, compression, (root) => fillChanges(root, architecture))
    const config = {
      architecture,
      os: 'linux',
      created: '2024-01-01T00:00:00Z',
      config: { Env: ['A=b'], Entrypoint: ['/srv/plain'], Labels: { fixture: architecture }, WorkingDir: '/srv' },
      rootfs: { type: 'layers', diff_ids: [base.diffId, changes.diffId] },
      history: [
        { created: '2024-01-01T00:00:00Z', created_by: 'base' },
        { created: '2024-01-01T00:00:00Z', created_by: 'changes' },
      ],
    }
    const mediaType = `application/vnd.oci.image.layer.v1.tar+${compression}`
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: await put('application/vnd.oci.image.config.v1+json', JSON.stringify(config)),
      layers: [await put(mediaType, base.content), await put(mediaType, changes.content)],
    }
    const descriptor = await put(manifest.mediaType, JSON.stringify(manifest))
    manifests.push({ ...descriptor, platform: { architecture, os: 'linux' } })
  }
  const type = 'application/vnd.oci.image.index.v1+json'
  const index = await put(type, JSON.stringify({ schemaVersion: 2, mediaType: type, manifests }))
  const named = [...manifests, index].map((descriptor, at) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': architectures[at] ?? 'index' },
  }))
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: named }))
}

async function pack(layout: string, compression: 'gzip' | 'zstd', fill: (root: string) => Promise<void>) {
  const folder = await mkdtemp(join(layout, 'layer-'))
  try {
    const root = join(folder, 'root')
    await fill(root)
    const tar = join(folder, 'layer.tar')
    const words = ['--sort=name', '--numeric-owner', '--format=pax', '--xattrs', '--xattrs-include=security.capability']
    // What has no time of its own has the same in each layout.
    words.push('--mtime=@1700000000', '--clamp-mtime')
    // The folder that the tree stands in is no part of it.
    await execa('tar', [...words, '-cf', tar, '-C', root, 'srv'])
    const content = await readFile(tar)
    const packed = compression === 'gzip' ? gzipSync(content) : zstdCompressSync(content)
    return { diffId: `sha256:${sha256(content)}`, content: packed }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
