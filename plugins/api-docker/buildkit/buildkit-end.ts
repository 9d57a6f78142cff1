import type { Socket } from 'node:net'
import type { BuildSpec } from '@moby/contracts'
import type { Handles } from '../server/handles.ts'

/** A build that is asked for by `POST /build?version=2`. */
export interface ArchiveBuild {
  /** The client's name for it, by which it may be cancelled; empty for none. */
  readonly id: string
  /** `remote` is absent for a context that is the body, and `client-session` for folders of the session. */
  readonly spec: BuildSpec
  /** Id of the session of its client; empty where it has none. */
  readonly session: string
  /** What it is to become; none for an image with the tags of `spec`. */
  readonly outputs: readonly { readonly type: string; readonly attributes: Readonly<Record<string, string>> }[]
  readonly body: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** What such a build tells: a moby.buildkit.v1.StatusResponse, or at its end the id of the image. */
export type BuildLine = { readonly status: Uint8Array } | { readonly image: string }

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

  /** Builds what comes with a request; absent where builds must come by `serveControl`. */
  buildArchive?(request: ArchiveBuild, engine: Handles): AsyncIterable<BuildLine>
  /** Ends such builds of that id, if there are any. */
  cancelArchive?(id: string): void
}
