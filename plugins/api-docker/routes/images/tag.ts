import { empty, type Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { joinTag } from './join-tag.ts'

export const tagImage: Route = {
  method: 'POST',
  path: '/images/{name}/tag',
  async handle({ vars, query, engine }) {
    const target = joinTag(query.text('repo'), query.text('tag'))
    if (target === undefined) throw invalidRequest('repository name must have at least one component')
    await engine.images.tag({ ref: vars['name'] ?? '', target })
    return empty(201)
  },
}
