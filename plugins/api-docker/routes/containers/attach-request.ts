import type { engineContainers, RequestOf } from '@moby/contracts'
import { since } from '../../compat/shapes.ts'
import type { ApiRequest } from '../../server/route.ts'
import { containerRef } from './container-ref.ts'

type AttachRequest = RequestOf<typeof engineContainers, 'attach'>

/** What the query of an attach asks for. Over a WebSocket older clients get all streams, whatever they say. */
export function readAttachRequest(request: ApiRequest, over: 'stream' | 'websocket'): AttachRequest {
  const { query } = request
  const detachKeys = query.maybe('detachKeys')
  const allStreams = over === 'websocket' && request.version < since.webSocketStreams
  return {
    ref: containerRef(request),
    stdin: allStreams || query.bool('stdin'),
    stdout: allStreams || query.bool('stdout'),
    stderr: allStreams || query.bool('stderr'),
    stream: query.bool('stream'),
    ...(query.bool('logs') ? { logs: true } : {}),
    ...(detachKeys === undefined ? {} : { detachKeys }),
  }
}
