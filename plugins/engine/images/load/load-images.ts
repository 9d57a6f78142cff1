import { randomBytes } from 'node:crypto'
import { link, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type Progress } from '@moby/contracts'
import { mediaTypes } from 'oci-spec-ts'
import { chainIds } from '../chain-id.ts'
import { readSpooled, readStart, type SpooledFile } from '../content-store.ts'
import { compressionOf, decompress, detectCompression, signatureLength } from '../decompress.ts'
import type { ImageContext } from '../image-context.ts'
import { shortId, type ImageRecord, type LayerRecord } from '../image-record.ts'
import { toFamiliar } from '../reference.ts'
import type { ImagePlan } from './image-plan.ts'
import { readDockerArchive } from './read-docker-archive.ts'
import { readOciLayout } from './read-oci-layout.ts'
import { SpooledArchive } from './spool-archive.ts'

const layerTypes = { none: mediaTypes.layer, gzip: mediaTypes.layerGzip, zstd: mediaTypes.layerZstd } as const

/**
 * Loads the images of an archive of `docker save` or an OCI layout, compressed or not. An image appears when all of
 * it is there; what a failure or a killed engine leaves behind is swept. Errors: ARCHIVE_*, IMAGE_*, STORAGE_FULL.
 */
export async function* loadImages(
  context: ImageContext,
  input: AsyncIterable<Uint8Array>,
  options: { readonly quiet: boolean; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Progress, void> {
  const folder = await context.content.makeSpool()
  try {
    const { compression, input: whole } = await detectCompression(input)
    const archive = await SpooledArchive.read(decompress(whole, compression), folder)
    for (const plan of await readPlans(archive)) yield* loadImage(context, plan, folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readPlans(archive: SpooledArchive): Promise<ImagePlan[]> {
  if (archive.find('manifest.json') !== undefined) return await readDockerArchive(archive)
  if (archive.find('index.json') !== undefined) return await readOciLayout(archive)
  if (archive.find('repositories') !== undefined) {
    throw codedError('NOT_SUPPORTED', 'The archive is of a Docker older than 1.10, whose form is not supported', {
      hint: 'Load it into a Docker of 1.10 or later and save it again.',
    })
  }
  throw codedError('ARCHIVE_INVALID', 'The archive holds no image: it has neither manifest.json nor index.json', {
    hint: 'For the archive of a root file system use `docker import`.',
  })
}

async function* loadImage(
  context: ImageContext,
  plan: ImagePlan,
  folder: string,
  options: { readonly quiet: boolean; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Progress, void> {
  const { config } = plan
  const driver = context.layers.driver
  const chain = chainIds(config.diffIds)
  const release = context.layers.lease(chain)
  try {
    const layers: LayerRecord[] = []
    for (const [at, diffId] of config.diffIds.entries()) {
      const file = plan.layers[at]
      const chainId = chain[at]
      if (file === undefined || chainId === undefined) continue
      const compression = compressionOf(await readStart(file, signatureLength))
      const progress = { status: 'Loading layer', id: shortId(diffId), total: file.size }
      if (!options.quiet) yield { ...progress, current: 0 }
      const size = await context.layers.unpack(
        driver,
        { chainId, parent: chain[at - 1], diffId, open: () => decompress(readSpooled(file), compression) },
        options.signal,
      )
      if (!options.quiet) yield { ...progress, current: file.size }
      const blob = { digest: file.digest, mediaType: layerTypes[compression], size: file.size }
      layers.push({ diffId, chainId, size, blob })
    }
    const configFile = await writeConfig(folder, config)
    const taken = await context.alone(async () => {
      for (const file of [configFile, ...plan.layers]) await adoptCopy(context, file)
      const known = context.images.get(config.id)
      const record: ImageRecord = {
        id: config.id,
        names: [],
        document: config.document,
        ...(known?.lastTaggedAt === undefined ? {} : { lastTaggedAt: known.lastTaggedAt }),
        layers,
        storage: driver,
      }
      return await context.images.put({ ...record, names: known?.names ?? [] }, plan.names)
    })
    for (const { name, from } of taken) {
      const message = `The image ${toFamiliar(name)} already exists, renaming the old one with ID ${from} to empty string`
      yield { stream: `${message}\n` }
    }
    const record = context.images.get(config.id)
    if (record !== undefined) {
      for (const name of plan.names) context.images.publishTag(record, name)
      context.images.publish(record, 'load', config.id)
    }
    for (const name of plan.names) yield { stream: `Loaded image: ${toFamiliar(name)}\n` }
    if (plan.names.length === 0) yield { stream: `Loaded image ID: ${config.id}\n` }
  } finally {
    release()
  }
}

/** The file stays for further images of the archive that have the same layer. */
async function adoptCopy({ content }: ImageContext, file: SpooledFile): Promise<void> {
  const path = `${file.path}.${randomBytes(6).toString('hex')}`
  await link(file.path, path)
  await content.adopt({ ...file, path })
}

/** The configuration as a file, ready to become a blob. */
export async function writeConfig(
  folder: string,
  config: { readonly id: string; readonly bytes: Uint8Array },
): Promise<SpooledFile> {
  const path = join(folder, `config-${shortId(config.id)}`)
  await writeFile(path, config.bytes, { mode: 0o600 })
  return { path, digest: config.id, size: config.bytes.length }
}
