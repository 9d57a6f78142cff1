import { containerSummary, imageSummary, since } from '../../compat/shapes.ts'
import { json, type ApiRequest, type Route } from '../../server/route.ts'
import { containerSummaryShape } from '../../shapes/container-summary.ts'
import { imageSummaryShape } from '../../shapes/image.ts'
import { volumeUsageShape } from '../../shapes/volume.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { exactNumber } from '../../wire/exact-number.ts'

const kinds = ['container', 'image', 'volume', 'build-cache'] as const

export const diskUsage: Route = {
  method: 'GET',
  path: '/system/df',
  async handle(request) {
    const wanted = wantedKinds(request)
    const [images, containers, volumes, cache] = await Promise.all([
      wanted.has('image') ? imageUsage(request) : undefined,
      wanted.has('container') ? containerUsage(request) : null,
      wanted.has('volume') ? volumeUsage(request) : null,
      wanted.has('build-cache') ? cacheUsage(request) : null,
    ])
    return json({
      LayersSize: exactNumber(images?.size ?? '0'),
      Images: images?.rows ?? null,
      Containers: containers,
      Volumes: volumes,
      BuildCache: cache,
    })
  },
}

function wantedKinds({ version, query }: ApiRequest): ReadonlySet<string> {
  const given = version >= since.dfTypes ? query.all('type') : []
  for (const kind of given) {
    if (!kinds.some((known) => known === kind)) throw invalidRequest(`unknown object type: ${kind}`)
  }
  return new Set(given.length === 0 ? kinds : given)
}

/** Layers count once in the whole; of each image it is told how much of it others have, too. */
async function imageUsage({ version, engine, signal }: ApiRequest) {
  const [{ images }, usage] = await Promise.all([
    engine.images.list({}, { signal }),
    engine.images.usage({}, { signal }),
  ])
  const shared = new Map(usage.images.map(({ id, sharedSize }) => [id, sharedSize]))
  const rows = images.map((image) => ({
    ...imageSummary(version, imageSummaryShape(image)),
    Containers: image.containers,
    SharedSize: exactNumber(shared.get(image.id) ?? '0'),
  }))
  return { size: usage.layersSize, rows }
}

async function containerUsage({ version, engine, signal }: ApiRequest) {
  const { containers } = await engine.containers.list({ all: true, size: true }, { signal })
  return containers.map((container) => containerSummary(version, containerSummaryShape(container)))
}

async function volumeUsage({ engine, signal }: ApiRequest) {
  const { volumes } = await engine.volumes.list({ size: true }, { signal })
  return volumes.map(volumeUsageShape)
}

async function cacheUsage({ engine, signal }: ApiRequest) {
  const { entries } = await engine.builder.usage({}, { signal })
  return entries.map((entry) => ({
    ID: entry.id,
    ...(entry.parents.length === 0 ? {} : { Parents: entry.parents }),
    Type: entry.kind,
    Description: entry.description,
    InUse: entry.inUse,
    Shared: entry.shared,
    Size: exactNumber(entry.size),
    CreatedAt: entry.createdAt,
    LastUsedAt: entry.lastUsedAt ?? null,
    UsageCount: entry.usageCount,
  }))
}
