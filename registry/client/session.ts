import type { Access } from './auth/access.ts'
import { Authorizer } from './auth/authorizer.ts'
import { drop, type Answer } from './answer/answer.ts'
import type { Endpoint } from './endpoint/endpoint.ts'
import { isLoopback } from './endpoint/loopback.ts'
import { SpokenSchemes, tryEndpoints } from './endpoint/try-endpoints.ts'
import type { ClientSettings } from './settings.ts'
import { Sender, type Outgoing } from './transport/sender.ts'

/** One request of the API of registries. */
export interface Ask extends Pick<Outgoing, 'method' | 'headers' | 'body' | 'answerMs' | 'attempts' | 'onBreak'> {
  /** Path and query, or a URL that the registry gave. */
  readonly to: string | URL
}

/** What the operations share: ways to registries, connections, tokens. */
export class Session {
  readonly settings: ClientSettings
  readonly sender: Sender
  readonly authorizer: Authorizer
  readonly #spoken = new SpokenSchemes()

  constructor(settings: ClientSettings) {
    this.settings = settings
    this.sender = new Sender(settings)
    this.authorizer = new Authorizer(this.sender, settings)
  }

  /** Tries the ways to the registry of an access. */
  async through<T>(access: Access, use: 'read' | 'write', work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    const spokeTls = (endpoint: Endpoint): boolean => this.sender.spokeTls(endpoint.origin)
    return await tryEndpoints({ target: access.target, use, spokeTls }, this.settings, this.#spoken, work)
  }

  /**
   * Asks one endpoint, with the credentials that it wants: once more when it says that there were none, and once more
   * when a token had expired. Whatever the status that remains, it is an answer.
   */
  async ask(endpoint: Endpoint, access: Access, ask: Ask, signal: AbortSignal): Promise<Answer> {
    const isReplayable = ask.body === undefined || ask.body instanceof Uint8Array
    for (let asked = 0; ; asked += 1) {
      const { to, headers, ...rest } = ask
      const url = new URL(to, endpoint.origin)
      const isOwn = url.origin === endpoint.origin
      const authorization = isOwn ? await this.authorizer.header(endpoint, access, signal) : undefined
      const answer = await this.sender.send({
        ...rest,
        url,
        name: isOwn ? endpoint.name : url.host,
        named: isOwn ? 'configured' : namedBy(endpoint),
        target: access.target,
        signal,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      })
      if (answer.status !== 401 || !isOwn || answer.url.origin !== endpoint.origin) return answer
      const again = await this.authorizer.learn(answer, endpoint, access, authorization)
      if (!again || asked >= (authorization === undefined ? 2 : 1) || !isReplayable) return answer
      await drop(answer)
    }
  }

  async close(): Promise<void> {
    await this.sender.close()
  }
}

function namedBy(endpoint: Endpoint): Outgoing['named'] {
  return isLoopback(new URL(endpoint.origin).hostname) ? 'by-local-registry' : 'by-remote-registry'
}
