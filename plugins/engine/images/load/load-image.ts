import { randomBytes } from 'node:crypto'
import { link, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type Progress } from '@moby/contracts'
import { chainIds } from '../chain-id.ts'
import type { SpooledFile } from '../content-store.ts'
import type { ImageContext } from '../image-context.ts'
import { shortId, type ImageRecord, type LayerRecord } from '../image-record.ts'
import { toFamiliar } from '@moby/contracts/reference'
import type { ImagePlan } from './image-plan.ts'
import { loadLayer } from './load-layer.ts'
import type { LooseLayers } from './loose-layers.ts'
import type { ReceivedFile } from './received-file.ts'
import { writing } from '../writing.ts'

export interface LoadCall {
  readonly folder: string
  readonly driver: string
  readonly loose: LooseLayers | undefined
  readonly report: (item: Progress) => void
  readonly quiet: boolean
  readonly signal: AbortSignal | undefined
  /** Layers whose loading was told; images of one archive share them. */
  readonly told: Set<ReceivedFile>
}

/** Loads one image of an archive. It appears when all of it is there. Errors: IMAGE_INVALID, ARCHIVE_*, STORAGE_FULL. */
export async function loadImage(context: ImageContext, plan: ImagePlan, call: LoadCall): Promise<void> {
  const { config, names } = plan
  const chain = chainIds(config.diffIds)
  const release = context.layers.lease(chain)
  try {
    const layers: LayerRecord[] = []
    for (const [at, file] of plan.layers.entries()) {
      const [chainId, diffId] = [chain[at], config.diffIds[at]]
      if (chainId === undefined || diffId === undefined) break
      const place = { driver: call.driver, chainId, parent: chain[at - 1], diffId }
      layers.push(await loadLayer(context, file, place, call))
      if (!call.quiet && file.loose === undefined && file.isStored !== true && !call.told.has(file)) {
        call.told.add(file)
        const id = shortId(plan.layerIds?.[at] ?? diffId)
        call.report({ status: 'Loading layer', id, current: file.size, total: file.size })
      }
    }
    const taken = await context.alone(async () => await put(context, plan, layers, call))
    for (const { name, from } of taken) {
      const message = `The image ${toFamiliar(name)} already exists, renaming the old one with ID ${from} to empty string`
      call.report({ stream: `${message}\n` })
    }
    const record = context.images.get(config.id)
    if (record === undefined) return
    for (const name of names) context.images.publishTag(record, name)
    context.images.publish(record, 'load', config.id)
  } finally {
    release()
  }
}

async function put(context: ImageContext, plan: ImagePlan, layers: readonly LayerRecord[], call: LoadCall) {
  const { config, names, manifests, parent } = plan
  const known = context.images.get(config.id)
  const record = joinKnown(known, {
    id: config.id,
    names: [],
    document: config.document,
    layers,
    storage: call.driver,
    ...(manifests.length === 0 ? {} : { manifests: manifests.map((manifest) => manifest.record) }),
    ...(parent !== undefined && context.images.get(parent) !== undefined ? { parent } : {}),
  })
  await context.content.adopt(await writeConfig(call.folder, config))
  for (const file of [...plan.layers, ...manifests.map((manifest) => manifest.file)]) await adopt(context, file)
  return await context.images.put(record, names)
}

/** What was known of the image stays. Its archives are those that its manifests name, if it has any. */
function joinKnown(known: ImageRecord | undefined, loaded: ImageRecord): ImageRecord {
  if (known === undefined) return loaded
  if (known.manifests === undefined || known.manifests.length === 0) {
    return { ...loaded, ...known, layers: loaded.layers, storage: loaded.storage, manifests: loaded.manifests }
  }
  const isSame = known.layers.every(({ blob }, at) => blob.digest === loaded.layers[at]?.blob.digest)
  const more = (loaded.manifests ?? []).filter(({ digest }) => known.manifests?.every((each) => each.digest !== digest))
  return isSame && more.length > 0 ? { ...known, manifests: [...known.manifests, ...more] } : known
}

/** The file stays for further images of the archive that have the same layer. */
async function adopt({ content }: ImageContext, file: ReceivedFile): Promise<void> {
  if (file.isStored === true) {
    if (await content.has(file.digest)) return
    throw codedError('CONTENT_NOT_FOUND', `The layer ${file.digest} was removed while the image was loaded`, {
      hint: 'Load the archive again.',
      details: { digest: file.digest },
    })
  }
  const path = `${file.path}.${randomBytes(6).toString('hex')}`
  await writing('a blob', () => link(file.path, path))
  await content.adopt({ path, digest: file.digest, size: file.size })
}

/** The configuration as a file, ready to become a blob. Fails with STORAGE_FULL. */
export async function writeConfig(
  folder: string,
  config: { readonly id: string; readonly bytes: Uint8Array },
): Promise<SpooledFile> {
  const path = join(folder, `config-${shortId(config.id)}-${randomBytes(4).toString('hex')}`)
  await writing('the image configuration', () => writeFile(path, config.bytes, { mode: 0o600 }))
  return { path, digest: config.id, size: config.bytes.length }
}
