import type { IncomingCall } from '../../buildkit/forward-call.ts'
import { sessionPipe } from '../../buildkit/session-pipe.ts'
import { headersOf } from '../calls/serve-call.ts'
import { sessionHeaders, type Sessions } from './sessions.ts'

/**
 * Serves `Control.Session`, a call whose messages carry the connection of a session: buildx has one for the folders that
 * several targets share. Never fails.
 */
export async function serveCarriedSession({ stream, rawHeaders }: IncomingCall, sessions: Sessions): Promise<void> {
  stream.on('error', () => undefined)
  if (stream.destroyed || stream.closed) return
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => {
    if (!stream.destroyed && !stream.closed) stream.sendTrailers({ 'grpc-status': '0' })
  })
  const pipe = sessionPipe(stream)
  pipe.on('error', () => undefined)
  const [id = ''] = headersOf(rawHeaders, sessionHeaders.id)
  await sessions.serve(pipe, { id, methods: headersOf(rawHeaders, sessionHeaders.methods) })
}
