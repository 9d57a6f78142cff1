import type { Socket } from 'node:net'
import type { Handles } from '../server/handles.ts'

/** Who answers clients of BuildKit: a daemon behind a bridge, or the builder of the engine. */
export interface BuildkitEnd {
  /** Serves `POST /grpc`, whose calls reach the engine through `engine`. Resolves when the client is gone. */
  serveControl(socket: Socket, engine: Handles): Promise<void>
  /**
   * Prepares `POST /session`: answers with what serves the connection, which resolves when the session is over. The
   * signal tells that the request came to nothing.
   */
  openSession(
    headers: Readonly<Record<string, string>>,
    engine: Handles,
    signal: AbortSignal,
  ): Promise<(socket: Socket) => Promise<void>>
}
