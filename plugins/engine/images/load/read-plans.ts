import { codedError, isCodedError } from '@moby/contracts'
import { hostPlatform, fitOf, parsePlatform } from '../platform.ts'
import type { ImagePlan } from './image-plan.ts'
import { readDockerArchive } from './read-docker-archive.ts'
import { readOciLayout, unite } from './read-oci-layout.ts'
import type { ReceivedArchive } from './received-archive.ts'
import { isV1Archive, readV1Archive, type TellDiffId } from './v1/read-v1-archive.ts'

export interface ReadPlans {
  readonly plans: readonly ImagePlan[]
  /** An archive of a Docker before 1.10, of whose images Docker names none when they are loaded. */
  readonly isV1: boolean
}

/**
 * The images of an archive for some platforms, or for all, those of the host last: of several platforms under one name
 * that is the one which is used. Errors: IMAGE_INVALID, IMAGE_REFERENCE_INVALID, ARCHIVE_*, PLATFORM_NOT_FOUND.
 */
export async function readPlans(
  archive: ReceivedArchive,
  platforms: readonly string[],
  tellDiffId: TellDiffId,
): Promise<ReadPlans> {
  const { plans: all, isV1 } = await readAll(archive, tellDiffId)
  const wanted = platforms.map(parsePlatform)
  const isWanted = ({ config }: ImagePlan) => wanted.some((platform) => fitOf(config.document, platform) > 0)
  const plans = wanted.length === 0 ? all : all.filter(isWanted)
  if (plans.length === 0 && all.length > 0) {
    const available = all.map(({ config: { document } }) => `${document.os}/${document.architecture}`)
    throw codedError('PLATFORM_NOT_FOUND', `The archive has no image for ${platforms.join(', ')}`, {
      hint: `It has: ${[...new Set(available)].join(', ')}.`,
    })
  }
  // There parents come first, and a name is of one platform.
  if (isV1) return { plans, isV1 }
  const host = hostPlatform()
  return { plans: plans.toSorted((a, b) => fitOf(a.config.document, host) - fitOf(b.config.document, host)), isV1 }
}

async function readAll(archive: ReceivedArchive, tellDiffId: TellDiffId): Promise<ReadPlans> {
  if (archive.has('manifest.json')) {
    return { plans: await withLayout(archive, await readDockerArchive(archive)), isV1: false }
  }
  if (archive.has('index.json')) return { plans: await readOciLayout(archive), isV1: false }
  if (isV1Archive(archive)) return { plans: await readV1Archive(archive, tellDiffId), isV1: true }
  throw codedError('ARCHIVE_INVALID', 'The archive holds no image: it has neither manifest.json nor index.json', {
    hint: 'For the archive of a root file system use `docker import`.',
  })
}

/**
 * Adds to the images of manifest.json what the layout beside it tells: their manifests, and images that the other form
 * cannot hold. manifest.json decides, as in Docker: a layout that contradicts it, as Docker 25.0 wrote some, is passed over.
 */
async function withLayout(archive: ReceivedArchive, plans: readonly ImagePlan[]): Promise<ImagePlan[]> {
  const layout = await layoutOrNothing(archive)
  const byId = new Map(plans.map((plan) => [plan.config.id, plan]))
  for (const plan of layout) {
    const known = byId.get(plan.config.id)
    if (known === undefined) byId.set(plan.config.id, plan)
    else if (hasSameLayers(known, plan)) {
      byId.set(plan.config.id, { ...known, manifests: unite(known.manifests, plan.manifests) })
    }
  }
  return [...byId.values()]
}

async function layoutOrNothing(archive: ReceivedArchive): Promise<ImagePlan[]> {
  if (!archive.has('index.json') || !archive.has('oci-layout')) return []
  try {
    return await readOciLayout(archive)
  } catch (error) {
    if (!isCodedError(error)) throw error
    return []
  }
}

function hasSameLayers(a: ImagePlan, b: ImagePlan): boolean {
  return a.layers.length === b.layers.length && a.layers.every(({ digest }, at) => digest === b.layers[at]?.digest)
}
