import { codedError } from '@moby/contracts'
import { readImageConfig, parseJson } from '../image-config-file.ts'
import { formatReference, parseReference } from '@moby/contracts/reference'
import type { ImagePlan } from './image-plan.ts'
import type { ReceivedArchive } from './received-archive.ts'

interface ManifestItem {
  readonly Config: string
  readonly RepoTags: readonly string[] | null
  readonly Layers: readonly string[] | null
  readonly Parent?: string
}

/** The images of an archive of `docker save`, as its `manifest.json` tells. Errors: IMAGE_INVALID, ARCHIVE_INVALID. */
export async function readDockerArchive(archive: ReceivedArchive): Promise<ImagePlan[]> {
  const manifest = parseJson(await archive.document('manifest.json'), 'manifest.json')
  if (!Array.isArray(manifest) || !manifest.every(isItem)) {
    throw codedError('IMAGE_INVALID', 'manifest.json is no list of images with Config, RepoTags and Layers')
  }
  const plans: ImagePlan[] = []
  for (const item of manifest) {
    const config = readImageConfig(await archive.document(item.Config), item.Config)
    const layers = item.Layers ?? []
    if (layers.length !== config.diffIds.length) {
      throw codedError(
        'IMAGE_INVALID',
        `invalid manifest, layers length mismatch: expected ${config.diffIds.length}, got ${layers.length}`,
      )
    }
    plans.push({
      config,
      layers: layers.map((name) => archive.get(name)),
      names: (item.RepoTags ?? []).map(readTag),
      manifests: [],
      parent: item.Parent,
    })
  }
  return plans
}

function readTag(text: string): string {
  const reference = parseReference(text)
  if (reference.tag === undefined) throw codedError('IMAGE_INVALID', `invalid tag ${JSON.stringify(text)}`)
  return formatReference({ domain: reference.domain, path: reference.path, tag: reference.tag })
}

function isItem(value: unknown): value is ManifestItem {
  if (typeof value !== 'object' || value === null) return false
  const { Config, RepoTags, Layers, Parent } = value as Partial<Record<keyof ManifestItem, unknown>>
  const hasParent = Parent === undefined || typeof Parent === 'string'
  return typeof Config === 'string' && isStringsOrNull(RepoTags) && isStringsOrNull(Layers) && hasParent
}

function isStringsOrNull(value: unknown): boolean {
  return (
    value === undefined || value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}
