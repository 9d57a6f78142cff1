import { texts } from '../../wire/decode.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { empty, type Route } from '../../server/route.ts'

/** `timeout` must be given, as Docker has it: 0 leaves all times as they are. */
export const enablePlugin: Route = {
  method: 'POST',
  path: '/plugins/{name}/enable',
  async handle({ vars, query, engine }) {
    const timeoutSeconds = query.integer('timeout')
    if (timeoutSeconds === undefined) throw invalidRequest('strconv.Atoi: parsing "": invalid syntax')
    await engine.plugins.enable({ ref: vars['name'] ?? '', timeoutSeconds: Math.max(0, timeoutSeconds) })
    return empty(200)
  },
}

export const disablePlugin: Route = {
  method: 'POST',
  path: '/plugins/{name}/disable',
  async handle({ vars, query, engine }) {
    await engine.plugins.disable({ ref: vars['name'] ?? '', force: query.bool('force') })
    return empty(200)
  },
}

export const setPlugin: Route = {
  method: 'POST',
  path: '/plugins/{name}/set',
  async handle({ vars, json: body, engine }) {
    await engine.plugins.set({ ref: vars['name'] ?? '', settings: (await body(texts)) ?? [] })
    return empty(204)
  },
}

export const removePlugin: Route = {
  method: 'DELETE',
  path: '/plugins/{name}',
  async handle({ vars, query, engine }) {
    await engine.plugins.remove({ ref: vars['name'] ?? '', force: query.bool('force') })
    return empty(200)
  },
}
