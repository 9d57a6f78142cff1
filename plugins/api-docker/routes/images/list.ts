import { imageSummary } from '../../compat/shapes.ts'
import { json, type ApiRequest, type Route } from '../../server/route.ts'
import { imageSummaryShape } from '../../shapes/image.ts'
import type { Filters } from '../../wire/filters.ts'
import { readMoment, writeRfc3339 } from '../../wire/moment.ts'

const accepted = ['dangling', 'label', 'before', 'since', 'reference', 'until']

export const listImages: Route = {
  method: 'GET',
  path: '/images/json',
  async handle(request) {
    const { version, query, engine, signal } = request
    const filter = toFilter(query.filters(accepted), request)
    const { images } = await engine.images.list({ filter }, { signal })
    return json(images.map((image) => imageSummary(version, imageSummaryShape(image))))
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
    ...(references.length === 0 ? {} : { references }),
    ...(dangling === undefined ? {} : { dangling }),
    ...(labels === undefined ? {} : { labels }),
    ...(before === undefined ? {} : { before }),
    ...(since === undefined ? {} : { since }),
    ...(moment === undefined ? {} : { createdBefore: writeRfc3339(moment) }),
  }
}
