import type { Socket } from 'node:net'
import { codedError } from '@moby/contracts'
import { serveHttp2 } from '../buildkit/serve-http2.ts'
import type { ArchiveBuild, BuildkitEnd, BuildLine } from '../buildkit/buildkit-end.ts'
import type { Handles } from '../server/handles.ts'
import { serveCall } from './calls/serve-call.ts'
import { controlMethods } from './services/control-service.ts'
import { gatewayMethods } from './services/gateway-service.ts'
import { serveCarriedSession } from './session/carried-session.ts'
import { sessionHeaders, Sessions } from './session/sessions.ts'
import { buildArchive } from './solve/build-archive.ts'
import { BuildJobs } from './solve/build-jobs.ts'

const carriedSession = '/moby.buildkit.v1.Control/Session'

/**
 * BuildKit's protocol over the builder of the engine: what the `docker` driver of buildx and Compose speak, so that they
 * build without a BuildKit daemon. Source of the protocol: api/services/control, frontend/gateway and session of BuildKit.
 */
export class BuildService implements BuildkitEnd {
  readonly #folder: string
  readonly #sessions = new Sessions()
  readonly #jobs = new BuildJobs()
  /** Builds under way whose context came with their request. */
  readonly #archives = new Set<{ readonly id: string; readonly cancelling: AbortController }>()

  /** `folder` is for files that are on their way to a client. */
  constructor(folder: string) {
    this.#folder = folder
  }

  async serveControl(socket: Socket, engine: Handles): Promise<void> {
    const parts = { engine, sessions: this.#sessions, jobs: this.#jobs, folder: this.#folder }
    const methods = { ...controlMethods(parts), ...gatewayMethods(parts) }
    await serveHttp2(socket, (call) => {
      if (call.path === carriedSession) void serveCarriedSession(call, this.#sessions)
      else void serveCall(call, methods)
    }).closed
  }

  async openSession(headers: Readonly<Record<string, string>>): Promise<(socket: Socket) => Promise<void>> {
    const methods = (headers[sessionHeaders.methods] ?? '').split(/,\s*/).filter((method) => method !== '')
    const offer = { id: headers[sessionHeaders.id] ?? '', methods }
    return async (socket) => await this.#sessions.serve(socket, offer)
  }

  async *buildArchive(request: ArchiveBuild, engine: Handles): AsyncGenerator<BuildLine, void> {
    const { id } = request
    const cancelling = new AbortController()
    const signal = AbortSignal.any([request.signal, cancelling.signal])
    const parts = { engine, sessions: this.#sessions, folder: this.#folder }
    const entry = { id, cancelling }
    this.#archives.add(entry)
    try {
      yield* buildArchive(parts, { ...request, signal })
    } finally {
      this.#archives.delete(entry)
    }
  }

  cancelArchive(id: string): void {
    for (const { id: own, cancelling } of this.#archives) {
      if (own === id) cancelling.abort(codedError('CANCELLED', 'context canceled'))
    }
  }
}
