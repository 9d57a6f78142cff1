import { codedError } from '@moby/contracts'
import { empty, type ApiRequest, type Route } from '../../server/route.ts'
import { notImplemented } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

export const removeContainer: Route = {
  method: 'DELETE',
  path: '/containers/{name}',
  async handle(request) {
    const { query, engine } = request
    if (query.bool('link')) return await removeLink(request)
    await engine.containers.remove({ ref: containerRef(request), force: query.bool('force'), volumes: query.bool('v') })
    return empty()
  },
}

/** Docker takes a link for a further name, `parent/alias`, of the container that it leads to. */
async function removeLink(request: ApiRequest): Promise<never> {
  const ref = containerRef(request)
  const [parent = '', alias] = ref.split('/', 2)
  const { networks } = await request.engine.containers.inspect({ ref: parent }).catch((error: unknown) => {
    throw alias === undefined ? error : notThere(ref, error)
  })
  if (alias === undefined) {
    throw codedError('CONTAINER_STATE', 'Conflict, cannot remove the default link name of the container')
  }
  const links = networks.flatMap(({ spec }) => spec.links ?? [])
  if (!links.some((link) => link.split(':').at(-1) === alias)) throw notThere(ref)
  throw notImplemented('removing a link', `Make ${parent} anew without --link, or connect both to a network.`)
}

function notThere(ref: string, cause?: unknown) {
  return codedError('CONTAINER_NOT_FOUND', `No such container: ${ref}`, cause === undefined ? {} : { cause })
}
