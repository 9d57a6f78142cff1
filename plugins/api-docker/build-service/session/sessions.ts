import { codedError } from '@moby/contracts'
import { connect } from 'node:http2'
import type { Duplex } from 'node:stream'
import { connectionWindow, http2Settings } from '../../buildkit/http2-settings.ts'
import { waitFor, type Waiting } from '../wait-for.ts'
import { ClientSession } from './client-session.ts'

/** Headers that tell the id of a session, and the paths of the calls that its client serves. */
export const sessionHeaders = {
  id: 'x-docker-expose-session-uuid',
  methods: 'x-docker-expose-session-grpc-method',
} as const

/** What a client tells of its session. */
export interface SessionOffer {
  readonly id: string
  readonly methods: readonly string[]
}

/** Milliseconds in which a session must follow the build that names it. */
const patience = 5_000

/** The sessions of clients, by their ids. */
export class Sessions {
  readonly #open = new Map<string, ClientSession>()
  readonly #waiting = new Set<Waiting>()

  /** Serves a connection on which the client waits for calls, until it is closed. */
  async serve(carrier: Duplex, { id, methods }: SessionOffer): Promise<void> {
    const connection = connect('http://client', { ...http2Settings, createConnection: () => carrier })
    connection.on('error', () => undefined)
    connection.once('connect', () => connection.setLocalWindowSize(connectionWindow))
    const session = new ClientSession(id, connection, methods)
    this.#open.set(id, session)
    for (const wake of this.#waiting) wake()
    await new Promise<void>((resolve) => {
      connection.once('close', resolve)
      carrier.once('close', resolve)
      if (carrier.destroyed) resolve()
    })
    if (this.#open.get(id) === session) this.#open.delete(id)
    connection.destroy()
    carrier.destroy()
  }

  /** The session of that id, waited for a while. Fails with BUILDKIT_UNAVAILABLE when none comes. */
  async find(id: string, signal: AbortSignal): Promise<ClientSession> {
    const found = await waitFor(() => this.#open.get(id), { waiting: this.#waiting, patience, signal })
    if (found !== undefined) return found
    throw codedError('BUILDKIT_UNAVAILABLE', `no active session for ${id}: context deadline exceeded`, {
      hint: 'The client that asked for the build has no session open.',
    })
  }
}
