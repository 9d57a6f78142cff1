import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type Progress, type RequestOf, type engineImages } from '@moby/contracts'
import { detectCompression } from '@moby/lib-tar'
import { mediaTypes } from 'oci-spec-ts'
import { keepCopy } from '../extend/keep-copy.ts'
import type { ImageContext } from '../image-context.ts'
import { platformOrHost } from '../host-platform.ts'
import { readImageConfig } from '../image-config-file.ts'
import { writeConfig } from '../load/load-image.ts'
import { formatReference, parseReference, withDefaultTag } from '@moby/contracts/reference'
import { applyChanges } from './apply-changes.ts'

type ImportRequest = RequestOf<typeof engineImages, 'import'>

const layerTypes = { none: mediaTypes.layer, gzip: mediaTypes.layerGzip, zstd: mediaTypes.layerZstd } as const

/**
 * Makes an image of one layer from the archive of a root file system. The archive is unpacked as it comes and kept
 * beside. Errors: ARCHIVE_*, IMAGE_REFERENCE_INVALID, IMAGE_CHANGE_INVALID, STORAGE_FULL.
 */
export async function* importImage(
  context: ImageContext,
  request: ImportRequest,
  input: AsyncIterable<Uint8Array>,
  options: { readonly created: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Progress, void> {
  const names = readName(request.reference)
  const platform = platformOrHost(request.platform)
  const config = applyChanges({}, request.changes ?? [])
  const comment = request.message === undefined || request.message === '' ? 'Imported from -' : request.message
  const driver = context.layers.driver
  const folder = await context.content.makeSpool()
  let release: () => void = () => undefined
  let mayLeave = false
  try {
    const path = join(folder, 'layer')
    const { compression, input: whole } = await detectCompression(input)
    let diffId = ''
    const nameOf = (id: string) => {
      diffId = id
      release = context.layers.lease([id])
      mayLeave = true
      return id
    }
    const copied = keepCopy(whole, path)
    const unpacked = context.layers.unpackNew(driver, undefined, copied, options.signal, nameOf, compression)
    // A copy that nobody began to read does not end what it would be of.
    const { size, input: blob } = await unpacked.finally(() => whole.return?.())
    const history = [{ created: options.created, comment }]
    const rootfs = { type: 'layers', diff_ids: [diffId] }
    const document = { ...platform, created: options.created, comment, config, rootfs, history }
    const configFile = readImageConfig(Buffer.from(JSON.stringify(document)), 'of the import')
    const layer = { diffId, chainId: diffId, size, blob: { ...blob, mediaType: layerTypes[compression] } }
    await context.alone(async () => {
      await context.content.adopt(await writeConfig(folder, configFile))
      await context.content.adopt({ path, ...blob })
      await context.images.put(
        { id: configFile.id, names: [], document: configFile.document, layers: [layer], storage: driver },
        names,
      )
    })
    mayLeave = false
    const record = context.images.get(configFile.id)
    if (record !== undefined) {
      for (const name of names) context.images.publishTag(record, name)
      context.images.publish(record, 'import', record.id)
    }
    yield { status: configFile.id }
  } finally {
    release()
    await rm(folder, { recursive: true, force: true })
    if (mayLeave) await context.alone(context.sweep)
  }
}

function readName(text: string | undefined): string[] {
  if (text === undefined || text === '') return []
  const reference = withDefaultTag(parseReference(text))
  if (reference.digest !== undefined) {
    throw codedError('IMAGE_REFERENCE_INVALID', 'cannot import digest reference', { details: { reference: text } })
  }
  return [formatReference(reference)]
}
