import { json, type Route } from '../../server/route.ts'

/** The description of this API. Docker serves none. */
export const openApi: Route = {
  method: 'GET',
  path: '/openapi.json',
  async handle({ engine }) {
    const { version } = await engine.system.version({})
    // Hardly anybody asks for it: it costs nothing until somebody does.
    const { openApiDocument } = await import('../../openapi/document.ts')
    return json(openApiDocument(version))
  },
}
