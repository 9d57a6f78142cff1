import {
  codedError,
  engineDistribution,
  implement,
  type imageSource,
  type Implementation,
  type RequestOf,
  type ResponseOf,
} from '@moby/contracts'
import { readImageConfig } from '../images/image-config-file.ts'
import { quoteError } from '../images/pull/explain-error.ts'
import { readManifest } from '../images/pull/read-manifest.ts'
import { parseReference, withDefaultTag } from '@moby/contracts/reference'
import { Repository } from '../images/repository.ts'
import { registryOf } from './registry-of.ts'

type Source = () => Implementation<typeof imageSource>
type Platforms = ResponseOf<typeof engineDistribution, 'inspect'>['platforms']

const usualResults = 25
const mostResults = 100
const largestConfig = 8 << 20

/** engine.distribution: what front-ends ask registries for, beside pull and push. */
export function createDistributionService(source: Source): Implementation<typeof engineDistribution> {
  return implement(engineDistribution, {
    login: async ({ server, credentials }, call) =>
      await source().login({ registry: registryOf(server), credentials }, { signal: call?.signal }),
    inspect: (request, call) => inspect(source, request, call?.signal ?? new AbortController().signal),
    search: (request, call) => search(source, request, call?.signal),
  })
}

async function inspect(
  source: Source,
  request: RequestOf<typeof engineDistribution, 'inspect'>,
  signal: AbortSignal,
): Promise<ResponseOf<typeof engineDistribution, 'inspect'>> {
  if (/^(?:sha256:)?[a-f0-9]{64}$/.test(request.reference)) {
    throw codedError('IMAGE_REFERENCE_INVALID', 'no manifest found for full image ID', {
      hint: 'Give a name: an id says nothing of a registry.',
    })
  }
  const reference = withDefaultTag(parseReference(request.reference))
  const repository = new Repository(source(), reference, request.credentials, signal)
  try {
    const file = await repository.manifest(reference.digest ?? reference.tag ?? 'latest')
    const read = readManifest(file)
    const platforms =
      read.kind === 'index'
        ? read.document.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [describe(platform)]))
        : await platformOf(repository, read.document.config, signal)
    return { mediaType: read.mediaType, digest: file.digest, size: String(file.content.length), platforms }
  } catch (error) {
    throw quoteError(error)
  }
}

async function platformOf(
  repository: Repository,
  descriptor: { readonly digest: string; readonly size: number },
  signal: AbortSignal,
): Promise<Platforms> {
  if (descriptor.size > largestConfig) return []
  const chunks: Uint8Array[] = []
  for await (const chunk of repository.blob(descriptor, { offset: 0, signal })) chunks.push(chunk)
  const config = readImageConfig(Buffer.concat(chunks), descriptor.digest)
  if (config.id !== descriptor.digest) {
    throw codedError('CONTENT_MISMATCH', `image config verification failed for digest ${descriptor.digest}`)
  }
  return [describe(config.document)]
}

function describe(platform: {
  readonly os: string
  readonly architecture: string
  readonly variant?: string | undefined
  readonly 'os.version'?: string | undefined
  readonly 'os.features'?: readonly string[] | undefined
}): Platforms[number] {
  const { os, architecture, variant, 'os.version': osVersion, 'os.features': osFeatures } = platform
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(osFeatures === undefined ? {} : { osFeatures: [...osFeatures] }),
  }
}

async function search(
  source: Source,
  request: RequestOf<typeof engineDistribution, 'search'>,
  signal: AbortSignal | undefined,
): Promise<ResponseOf<typeof engineDistribution, 'search'>> {
  const { term, credentials, official, automated, stars = 0 } = request
  const limit = request.limit === undefined || request.limit === 0 ? usualResults : request.limit
  const slash = term.indexOf('/')
  const first = slash === -1 ? '' : term.slice(0, slash)
  const hasHost = /[.:]/.test(first) || first === 'localhost'
  const isFiltered = official !== undefined || automated !== undefined || stars > 0
  const found = await source().search(
    {
      registry: hasHost ? registryOf(first) : registryOf(undefined),
      term: hasHost ? term.slice(slash + 1) : term.replace(/^library\//, ''),
      // A registry counts before the filters here do.
      limit: isFiltered ? mostResults : limit,
      ...(credentials === undefined ? {} : { credentials }),
    },
    { signal },
  )
  const results = found.results
    .filter(
      (each) =>
        (official === undefined || each.official === official) &&
        (automated === undefined || each.automated === automated) &&
        each.stars >= stars,
    )
    .toSorted((a, b) => b.stars - a.stars)
  return { results: results.slice(0, limit) }
}
