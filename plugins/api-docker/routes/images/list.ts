import { imageFilters } from '../../schemas/filters.ts'
import { imageSummary, since } from '../../compat/shapes.ts'
import { json, type ApiRequest, type Route } from '../../server/route.ts'
import { imageSummaryShape } from '../../shapes/image.ts'
import { imageManifests } from '../../shapes/image-manifests.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import type { Filters } from '../../wire/filters.ts'
import { readMoment, writeRfc3339 } from '../../wire/moment.ts'

export const listImages: Route = {
  method: 'GET',
  path: '/images/json',
  async handle(request) {
    const { version, query, engine, signal } = request
    const filter = toFilter(query.filters(imageFilters), request)
    const withShared = version >= since.sharedSize && query.bool('shared-size')
    const manifests = version >= since.listManifests && query.bool('manifests')
    const [{ images }, usage] = await Promise.all([
      engine.images.list({ filter, ...(manifests ? { manifests } : {}) }, { signal }),
      withShared ? engine.images.usage({}, { signal }) : undefined,
    ])
    const shared = new Map(usage?.images.map(({ id, sharedSize }) => [id, exactNumber(sharedSize)]))
    return json(
      images.map((image) => {
        const plain = imageSummaryShape(image)
        const row = manifests ? { ...plain, Manifests: imageManifests(image) } : plain
        return imageSummary(version, withShared ? { ...row, SharedSize: shared.get(image.id) ?? 0 } : row)
      }),
    )
  },
}

function toFilter(filters: Filters, { version, query }: ApiRequest) {
  const glob = version < 41 ? query.maybe('filter') : undefined
  const references = [...filters.get('reference'), ...(glob === undefined ? [] : [glob])]
  const dangling = filters.bool('dangling')
  const labels = filters.maybe('label')
  const [before, since, until] = [filters.one('before'), filters.one('since'), filters.one('until')]
  const moment = until === undefined ? undefined : readMoment(until)
  return {
    ...(query.bool('all') ? { all: true } : {}),
    ...(references.length === 0 ? {} : { references }),
    ...(dangling === undefined ? {} : { dangling }),
    ...(labels === undefined ? {} : { labels }),
    ...(before === undefined ? {} : { before }),
    ...(since === undefined ? {} : { since }),
    ...(moment === undefined ? {} : { createdBefore: writeRfc3339(moment) }),
  }
}
