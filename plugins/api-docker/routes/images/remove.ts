import { since } from '../../compat/shapes.ts'
import { json, type Route } from '../../server/route.ts'
import { requestedPlatforms } from '../../translate/requested-platform.ts'
import { invalidRequest } from '../../wire/api-error.ts'

export const removeImage: Route = {
  method: 'DELETE',
  path: '/images/{name}',
  async handle({ vars, query, version, engine }) {
    const platforms = version >= since.removePlatform ? requestedPlatforms(query.all('platforms')) : []
    const ref = vars['name'] ?? ''
    if (ref.trim() === '') throw invalidRequest('image name cannot be blank')
    const { changes } = await engine.images.remove({
      ref,
      force: query.bool('force'),
      noPrune: query.bool('noprune'),
      ...(platforms.length === 0 ? {} : { platforms }),
    })
    return json(changes.map(({ kind, name }) => (kind === 'untagged' ? { Untagged: name } : { Deleted: name })))
  },
}
