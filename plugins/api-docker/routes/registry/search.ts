import { searchFilters } from '../../schemas/filters.ts'
import { json, type Route } from '../../server/route.ts'
import { readRegistryAuth } from '../../translate/registry-auth.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { invalidFilter, type Filters } from '../../wire/filters.ts'
import { answerAsDocker } from '../images/registry-errors.ts'

const mostResults = 100

export const searchImages: Route = {
  method: 'GET',
  path: '/images/search',
  async handle({ query, engine, headers, signal }) {
    const term = query.text('term')
    if (term === '') throw invalidRequest('the search term cannot be empty')
    const limit = query.integer('limit') ?? 0
    if (limit < 0 || limit > mostResults) {
      throw invalidRequest(`limit ${limit} is outside the range of [1, ${mostResults}]`)
    }
    const filters = query.filters(searchFilters)
    const [official, automated, stars] = [filters.bool('is-official'), filters.bool('is-automated'), starsOf(filters)]
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    return await answerAsDocker(async () => {
      const { results } = await engine.distribution.search(
        {
          term,
          limit,
          ...(official === undefined ? {} : { official }),
          ...(automated === undefined ? {} : { automated }),
          ...(stars === undefined ? {} : { stars }),
          ...(credentials === undefined ? {} : { credentials }),
        },
        { signal },
      )
      return json(
        results.map((each) => ({
          star_count: each.stars,
          is_official: each.official,
          name: each.name,
          is_automated: each.automated,
          description: each.description,
        })),
      )
    })
  },
}

/** The highest number of several: all of them must be reached. */
function starsOf(filters: Filters): number | undefined {
  const numbers = filters.get('stars').map((text) => {
    if (!/^\d{1,9}$/.test(text)) throw invalidFilter(` 'stars=[${text}]'`)
    return Number(text)
  })
  return numbers.length === 0 ? undefined : Math.max(...numbers)
}
