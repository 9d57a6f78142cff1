import type { Progress } from '@moby/contracts'
import { familiarName, type Reference } from '@moby/contracts/reference'
import { validateImageManifest, type Descriptor } from 'oci-spec-ts'
import { codedError } from '@moby/contracts'
import type { BlobStore } from './blob-store.ts'
import { counting } from './fetch-package.ts'
import type { PluginPackage } from './plugin-record.ts'
import type { PluginRepository } from './plugin-repository.ts'

/** Takes a package to a repository, byte for byte as it was made or pulled. */
export async function* pushPackage(
  repository: PluginRepository,
  { manifest }: PluginPackage,
  reference: Reference,
  blobs: BlobStore,
): AsyncGenerator<Progress, void> {
  const content = await blobs.read(manifest)
  const checked = validateImageManifest(JSON.parse(content.toString('utf8')))
  if (!checked.ok)
    throw codedError('CONTENT_MISMATCH', `The manifest ${manifest} of the plugin cannot be read any more`)
  yield { status: `The push refers to repository [${familiarName(reference)}]` }
  const { config, layers } = checked.value
  for (const descriptor of [...layers, config]) yield* pushBlob(repository, blobs, descriptor)
  const digest = await repository.putManifest(content)
  yield { aux: { Tag: reference.tag ?? 'latest', Digest: digest, Size: content.length } }
}

async function* pushBlob(
  repository: PluginRepository,
  blobs: BlobStore,
  descriptor: Descriptor,
): AsyncGenerator<Progress, void> {
  const id = descriptor.digest.replace('sha256:', '').slice(0, 12)
  yield { id, status: 'Preparing' }
  const upload = (input: AsyncIterable<Uint8Array>) => repository.upload(descriptor, input)
  const isNew = yield* counting(blobs.stream(descriptor.digest), upload, (current) => ({
    id,
    status: 'Pushing',
    current,
    total: descriptor.size,
  }))
  yield { id, status: isNew ? 'Upload complete' : 'Layer already exists' }
}
