import { performServerHandshake, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { IncomingCall } from './forward-call.ts'
import { connectionWindow, http2Settings } from './http2-settings.ts'

/** A side that serves calls until it is closed. */
export interface Served {
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>
  close(): void
}

/** Speaks HTTP/2 as a server on a connection that is there already, and hands each call on. */
export function serveHttp2(connection: Duplex, onCall: (call: IncomingCall) => void): Served {
  const session = performServerHandshake(connection, http2Settings)
  session.on('error', () => undefined)
  session.setLocalWindowSize(connectionWindow)
  session.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: readonly string[]) => {
      onCall({ stream, path: headers[':path'] ?? '', rawHeaders: raw })
    },
  )
  const closed = new Promise<void>((resolve) => {
    session.once('close', resolve)
    connection.once('close', resolve)
    if (connection.destroyed) resolve()
  })
  return {
    closed,
    close() {
      // Not in the turn in which the session began: Node 24 then hands it the bytes that came before, and throws where
      // nobody catches.
      setImmediate(() => {
        session.destroy()
        connection.destroy()
      })
    },
  }
}
