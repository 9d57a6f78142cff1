import { CodedError, isCodedError } from '@moby/contracts'
import { empty, type Route } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

export const killContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/kill',
  async handle(request) {
    const signal = request.query.maybe('signal')
    const ref = containerRef(request)
    try {
      await request.engine.containers.kill({ ref, ...(signal === undefined ? {} : { signal }) })
    } catch (error) {
      throw isCodedError(error) ? prefixed(`cannot kill container: ${ref}: `, error) : error
    }
    return empty()
  },
}

function prefixed(prefix: string, error: CodedError): CodedError {
  const { code, kind, hint, details, message } = error
  return new CodedError(code, prefix + message, { kind, hint, details, cause: error })
}
