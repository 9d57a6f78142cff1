import { codedError } from '@moby/contracts'

/** Content that is named by its digest. */
export interface Named {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** Label of an image's configuration that holds the text of a component.yaml. */
export const descriptorLabel = 'org.mobyproject.component'

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** The manifest for this machine in an index; undefined when the document is a manifest itself. */
export function manifestInIndex(document: Buffer, where: string): Named | undefined {
  const { manifests } = parse(document, where) as { manifests?: readonly (Named & { platform?: Platform })[] }
  if (manifests === undefined) return undefined
  const architecture = goArchitectures[process.arch] ?? process.arch
  const found = list(manifests).find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  )
  if (found !== undefined) return named(found, where)
  throw invalidImage(where, `it has nothing for linux/${architecture}`)
}

interface Platform {
  readonly os?: string
  readonly architecture?: string
}

/** Configuration and layers of a manifest. */
export function partsOf(
  manifest: Buffer,
  where: string,
): { readonly config: Named; readonly layers: readonly Named[] } {
  const { config, layers } = parse(manifest, where) as { config?: Named; layers?: readonly Named[] }
  if (config === undefined || layers === undefined) throw invalidImage(where, 'its manifest is none of an image')
  return { config: named(config, where), layers: list(layers).map((layer) => named(layer, where)) }
}

/** The text of the component.yaml that a configuration holds. */
export function descriptorIn(config: Buffer, where: string): string {
  const { config: run } = parse(config, where) as { config?: { Labels?: Record<string, unknown> | null } | null }
  const text = run?.Labels?.[descriptorLabel]
  if (typeof text === 'string') return text
  throw invalidImage(where, `it has no label ${descriptorLabel} with a component.yaml`)
}

/** The error for an image that is no component. */
export function invalidImage(where: string, why: string, cause?: unknown) {
  return codedError('SOURCE_IMAGE_INVALID', `${where} is no component: ${why}`, {
    hint: 'docs/how-to/run-components-in-containers.md tells how such an image is made',
    ...(cause === undefined ? {} : { cause }),
  })
}

function parse(document: Buffer, where: string): object {
  try {
    const value: unknown = JSON.parse(document.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw invalidImage(where, 'a document of it is no JSON', cause)
  }
  throw invalidImage(where, 'a document of it is no object')
}

function list<T>(value: readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : []
}

/** Digests become names of files, so they are nothing else. */
function named({ mediaType, digest, size }: Named, where: string): Named {
  const isSound = /^sha256:[0-9a-f]{64}$/.test(String(digest)) && Number.isSafeInteger(size) && size >= 0
  if (isSound) return { mediaType: String(mediaType), digest, size }
  throw invalidImage(where, `it names content by ${String(digest)} of ${String(size)} bytes`)
}
