import { codedError, hasCode } from '@moby/contracts'
import { compressionOfLayer, type Descriptor, type ImageManifest } from 'oci-spec-ts'
import { chainIds } from '../chain-id.ts'
import { checkDiffId } from '../check-diff-id.ts'
import { checkLayerCount } from '../check-layer-count.ts'
import { readImageConfig, type ImageConfigFile } from '../image-config-file.ts'
import type { ImageContext } from '../image-context.ts'
import { shortId, type ImageRecord, type LayerRecord } from '../image-record.ts'
import type { Lease } from '../lease-store.ts'
import { fitOf, tellPlatform, type ImagePlatform } from '../platform.ts'
import type { Repository } from '../repository.ts'
import type { Step } from '../transfers.ts'
import type { FoundManifest } from './find-manifest.ts'
import { bringBlob, unpackLayer, type BlobPlan, type LayerPlan, type TransferCall } from './pull-layer.ts'

/** A configuration is a document; one of more bytes is not read. */
const largestConfig = 8 << 20
/** Shared work may fail for what another was let in with, and what an earlier pull left may be wrong. */
const mostTries = 3

export interface ImagePull {
  readonly found: FoundManifest
  readonly repository: Repository
  /** What was asked for; an image for something else comes with a warning. */
  readonly platform: ImagePlatform | undefined
  readonly ref: string
  readonly report: (id: string, step: Step) => void
  readonly signal: AbortSignal
}

/** An image whose content and layers are there, ready to get its record. */
export interface PulledImage {
  readonly record: ImageRecord
  /** False when everything was there already. */
  readonly isNew: boolean
  /** That it is for something else than was asked for: a document that is no list leaves no choice. */
  readonly warning?: string
}

/**
 * Brings what an image needs: manifests, configuration and layers, those that are not here. All of it is held by the
 * lease, also after a break. Errors: those of a pull.
 */
export async function pullImage(context: ImageContext, pull: ImagePull, lease: Lease): Promise<PulledImage> {
  const { manifest, files } = pull.found
  await checkLayerCount(context.layers, context.layers.driver, manifest.layers.length, `The image ${pull.ref}`)
  const needed = [manifest.config, ...manifest.layers]
  lease.hold({ digests: [...needed, ...files].map(({ digest }) => digest) })
  const present = await Promise.all(needed.map((descriptor) => isPresent(context, descriptor)))
  // Only what is worth going on with after a break is written down.
  if (present.includes(false)) await lease.persist()
  for (const { digest, content } of files) await context.content.add(digest, content)
  // As dockerd: of an image that is here no layer is told.
  const isKnown = !present.includes(false) && context.images.get(manifest.config.digest) !== undefined
  const told = isKnown ? { ...pull, report: () => undefined } : pull
  for (let tries = 1; ; tries += 1) {
    let isShared = false
    try {
      return await bringAll(context, told, lease, () => (isShared = true))
    } catch (error) {
      const isResumed = hasCode(error, 'CONTENT_MISMATCH') && error.details?.['resumed'] === true
      if (pull.signal.aborted || tries === mostTries || !(isShared || isResumed)) throw error
    }
  }
}

/** Fails with CONTENT_MISMATCH for a blob that is here and has another size than the manifest tells. */
async function isPresent({ content }: ImageContext, { digest, size }: Descriptor): Promise<boolean> {
  const actual = await content.sizeOf(digest)
  if (actual === undefined || actual === size) return actual !== undefined
  throw codedError(
    'CONTENT_MISMATCH',
    `The manifest tells that the blob ${digest} has ${size} bytes, and it has ${actual}`,
    {
      hint: 'The manifest is wrong. Have the image pushed again by whoever made it.',
      details: { digest, size, actual },
    },
  )
}

async function bringAll(
  context: ImageContext,
  pull: ImagePull,
  lease: Lease,
  onShared: () => void,
): Promise<PulledImage> {
  const { content, layers } = context
  const { manifest, records } = pull.found
  // What one part of it fails by ends the other parts.
  const failing = new AbortController()
  const signal = AbortSignal.any([pull.signal, failing.signal])
  const downloads = new Map<string, Promise<void>>()
  const unpacks: Promise<number>[] = []
  const watch = <T>(work: Promise<T>): Promise<T> => {
    work.catch((error: unknown) => failing.abort(error))
    return work
  }
  const states = manifest.layers.map(({ digest }) => new LayerState((step) => pull.report(shortId(digest), step)))
  for (const { digest } of manifest.layers) pull.report(shortId(digest), { status: 'Pulling fs layer' })
  for (const [at, descriptor] of manifest.layers.entries()) {
    if (downloads.has(descriptor.digest) || (await content.has(descriptor.digest))) continue
    const call: TransferCall = { signal, report: (step) => states[at]?.onBlob(step), onShared }
    downloads.set(descriptor.digest, watch(bringBlob(context, blobPlan(descriptor), pull.repository, call)))
  }
  let isNew = downloads.size > 0
  const bringLayer = async (plan: LayerPlan, state: LayerState | undefined): Promise<number> => {
    const { driver, chainId, blob } = plan
    const isThere = await layers.has(driver, chainId)
    isNew ||= !isThere
    const size = isThere
      ? await sizeOf(context, driver, chainId)
      : await unpackLayer(context, plan, { signal, report: (step) => state?.onUnpack(step), onShared })
    const download = downloads.get(blob.digest)
    await download
    // What is unpacked is checked by that; an archive of a layer that is there may still be of another.
    if (isThere)
      await checkDiffId(context.images, { ...plan, digest: blob.digest, open: () => content.read(blob.digest) })
    state?.finish(isThere && download === undefined ? 'Already exists' : 'Pull complete')
    return size
  }
  const work = async (): Promise<PulledImage> => {
    const config = await bringConfig(context, pull, { signal, report: () => undefined, onShared })
    checkLayers(config, manifest)
    const warning = otherPlatform(config, pull)
    const plans = planLayers(manifest, config, layers.driver)
    lease.hold({ chains: plans.map(({ driver, chainId }) => `${driver} ${chainId}`) })
    if (isNew) await lease.persist()
    for (const [at, plan] of plans.entries()) unpacks.push(watch(bringLayer(plan, states[at])))
    const sizes = await Promise.all(unpacks)
    const record: ImageRecord = {
      id: config.id,
      names: [],
      manifests: records,
      document: config.document,
      layers: plans.map(({ diffId, chainId, blob }, at): LayerRecord => {
        const { digest, mediaType, size } = blob
        return { diffId, chainId, size: sizes[at] ?? 0, blob: { digest, mediaType, size } }
      }),
      storage: layers.driver,
    }
    return { record, isNew, ...(warning === undefined ? {} : { warning }) }
  }
  try {
    return await work()
  } catch (error) {
    failing.abort(error)
    // Nothing of it is written to any more when this has failed.
    const ended = await Promise.allSettled([...downloads.values(), ...unpacks])
    const reasons = ended.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason)
    // A download that fails ends the unpacking of its layer, and all else is given up: what says most comes first.
    throw [...reasons, error].find((reason) => !hasCode(reason, 'CANCELLED')) ?? error
  }
}

function planLayers(manifest: ImageManifest, config: ImageConfigFile, driver: string): LayerPlan[] {
  const chain = chainIds(config.diffIds)
  const plans: LayerPlan[] = []
  for (const [at, descriptor] of manifest.layers.entries()) {
    const [diffId = '', chainId = ''] = [config.diffIds[at], chain[at]]
    const compression = compressionOfLayer(descriptor.mediaType) ?? 'none'
    plans.push({ blob: blobPlan(descriptor), compression, diffId, chainId, below: plans.at(-1), driver })
  }
  return plans
}

/** Bytes of a layer that is there: what an image here says, so that nobody has to count them. */
async function sizeOf({ images, layers }: ImageContext, driver: string, chainId: string): Promise<number> {
  for (const record of images.values()) {
    const found = record.storage === driver ? record.layers.find((layer) => layer.chainId === chainId) : undefined
    if (found !== undefined) return found.size
  }
  return (await layers.sizeOf(driver, chainId)) ?? 0
}

async function bringConfig(context: ImageContext, pull: ImagePull, call: TransferCall): Promise<ImageConfigFile> {
  const { config } = pull.found.manifest
  if (config.size > largestConfig) {
    throw codedError('MANIFEST_LIMIT', `The image configuration ${config.digest} has ${config.size} bytes, too many`)
  }
  if (!(await context.content.has(config.digest))) await bringBlob(context, blobPlan(config), pull.repository, call)
  return readImageConfig(await context.content.document(config.digest), config.digest)
}

function checkLayers(config: ImageConfigFile, manifest: ImageManifest): void {
  if (manifest.layers.length === config.diffIds.length) return
  throw codedError(
    'IMAGE_INVALID',
    `invalid manifest, layers length mismatch: expected ${config.diffIds.length}, got ${manifest.layers.length}`,
  )
}

/** As dockerd has it: the only image of a name is brought, and what fails is a container of another platform. */
function otherPlatform({ document }: ImageConfigFile, { platform, ref }: ImagePull): string | undefined {
  if (platform === undefined || fitOf(document, platform) > 0) return undefined
  const [wanted, actual] = [tellPlatform(platform), tellPlatform(document)]
  return `image with reference ${ref} was found but its platform (${actual}) does not match the specified platform (${wanted})`
}

function blobPlan({ digest, size, mediaType, urls }: Descriptor): BlobPlan {
  return { digest, size, mediaType, urls }
}

/** Puts what happens to one layer in Docker's order: extracting is told once the download is complete. */
class LayerState {
  readonly #report: (step: Step) => void
  #isComplete = false
  #isFinished = false
  #unpacking: Step | undefined

  constructor(report: (step: Step) => void) {
    this.#report = report
  }

  onBlob(step: Step): void {
    if (this.#isFinished) return
    this.#report(step)
    if (step.status !== 'Download complete') return
    this.#isComplete = true
    if (this.#unpacking !== undefined) this.#report(this.#unpacking)
  }

  onUnpack(step: Step): void {
    if (this.#isFinished) return
    if (this.#isComplete || step.current === step.total) this.#report(step)
    else this.#unpacking = step
  }

  finish(status: string): void {
    this.#isFinished = true
    this.#report({ status })
  }
}
