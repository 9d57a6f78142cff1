import { Config } from '../../schemas/config.ts'
import { json, type Route } from '../../server/route.ts'
import { toImageConfig } from '../../translate/image-config.ts'
import { joinTag } from '../images/join-tag.ts'
import { containerRef } from './container-ref.ts'

export const commitContainer: Route = {
  method: 'POST',
  path: '/commit',
  async handle({ query, engine, signal, json: body }) {
    const config = await body(Config)
    const reference = joinTag(query.text('repo'), query.text('tag'))
    const changes = query.all('changes').filter((change) => change !== '')
    const { id } = await engine.containers.commit(
      {
        ref: containerRef({ vars: { name: query.text('container') } }),
        ...(reference === undefined ? {} : { reference }),
        author: query.text('author'),
        comment: query.text('comment'),
        ...(changes.length === 0 ? {} : { changes }),
        ...(config === undefined ? {} : { config: toImageConfig(config) }),
        pause: query.text('pause') === '' || query.bool('pause'),
      },
      { signal },
    )
    return json({ Id: id }, 201)
  },
}
