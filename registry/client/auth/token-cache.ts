/** A bearer token, or a refresh token's answer. */
export interface Token {
  readonly token: string
  /** Milliseconds that it lives. */
  readonly lifetimeMs: number
}

interface Kept {
  readonly token: Promise<Token>
  /** On the monotonic clock; unknown until the token is there. */
  staleAt: number
}

const most = 512

/** Tokens by who asked for what. One that is asked for while it is fetched is fetched once. */
export class TokenCache {
  readonly #kept = new Map<string, Kept>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  async get(key: string, fetch: () => Promise<Token>): Promise<string> {
    const known = this.#kept.get(key)
    if (known !== undefined && this.#now() < known.staleAt) return (await known.token).token
    if (this.#kept.size >= most) this.#kept.delete(this.#kept.keys().next().value ?? '')
    const kept: Kept = { token: fetch(), staleAt: Infinity }
    this.#kept.set(key, kept)
    try {
      const { token, lifetimeMs } = await kept.token
      // A tenth earlier, so that it does not expire on its way.
      kept.staleAt = this.#now() + lifetimeMs * 0.9
      return token
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
      throw error
    }
  }

  /** Forgets a token that was refused, if it is still the one kept. */
  async forget(key: string, token: string): Promise<void> {
    const known = this.#kept.get(key)
    const kept = await known?.token.catch(() => undefined)
    if (kept?.token === token && this.#kept.get(key) === known) this.#kept.delete(key)
  }
}
