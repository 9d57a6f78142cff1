import { createHash, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificates.ts'

export interface TokenServerWishes {
  readonly signer: Certificate
  readonly issuer: string
  readonly service: string
  readonly username: string
  readonly password: string
  /** Lifetime of tokens in seconds, absent 60. */
  readonly lifetime?: number
  /** Repositories that anybody may pull from. */
  readonly open?: RegExp
}

/** A token service for tests. Source: the distribution project, spec/auth/token, oauth and jwt. */
export class TokenServer {
  /** Each request for a token, newest last: `GET ?service=…` or `POST …`. */
  readonly asked: { readonly method: string; readonly query: URLSearchParams; readonly authorization?: string }[] = []
  readonly #wishes: TokenServerWishes
  readonly #refresh = new Set<string>()
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  constructor(wishes: TokenServerWishes) {
    this.#wishes = wishes
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isPost = request.method === 'POST'
    const query = isPost
      ? new URLSearchParams(await bodyOf(request))
      : new URL(request.url ?? '/', 'http://token').searchParams
    const { authorization } = request.headers
    this.asked.push({ method: request.method ?? '', query, ...(authorization === undefined ? {} : { authorization }) })
    const user = isPost ? this.#userOfForm(query) : this.#userOfHeader(authorization)
    if (user === 'wrong') {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end('{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}')
      return
    }
    const scopes = isPost ? (query.get('scope') ?? '').split(' ') : query.getAll('scope')
    const token = this.#issue(user, scopes)
    const offline = query.get('offline_token') === 'true' || query.get('access_type') === 'offline'
    const refresh = offline && user !== '' ? { refresh_token: this.#newRefreshToken() } : {}
    const lifetime = { expires_in: this.#wishes.lifetime ?? 60, issued_at: new Date().toISOString() }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ [isPost ? 'access_token' : 'token']: token, ...lifetime, ...refresh }))
  }

  #userOfHeader(authorization: string | undefined): string {
    if (authorization === undefined) return ''
    const { username, password } = this.#wishes
    const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    return authorization === right ? username : 'wrong'
  }

  #userOfForm(form: URLSearchParams): string {
    const { username, password } = this.#wishes
    if (form.get('grant_type') === 'refresh_token') {
      return this.#refresh.has(form.get('refresh_token') ?? '') ? username : 'wrong'
    }
    return form.get('username') === username && form.get('password') === password ? username : 'wrong'
  }

  #newRefreshToken(): string {
    const token = randomBytes(12).toString('hex')
    this.#refresh.add(token)
    return token
  }

  /** A JSON Web Token that grants of the scopes what the user may do: all, or nothing but pulls of open repositories. */
  #issue(user: string, scopes: readonly string[]): string {
    const { signer, issuer, service, open, lifetime = 60 } = this.#wishes
    const access = scopes.flatMap((scope) => {
      const [kind, name, actions] = scope.split(':')
      // `repository(plugin)`: what is of another class than images.
      const [, type, resourceClass] = /^(\w+)(?:\((\w+)\))?$/.exec(kind ?? '') ?? []
      if (type === undefined || name === undefined || actions === undefined) return []
      const what = { type, ...(resourceClass === undefined ? {} : { class: resourceClass }), name }
      if (user !== '') return [{ ...what, actions: actions.split(',') }]
      return open?.test(name) === true && actions.includes('pull') ? [{ ...what, actions: ['pull'] }] : []
    })
    const now = Math.floor(Date.now() / 1000)
    const times = { exp: now + lifetime, nbf: now - 10, iat: now }
    const head = { typ: 'JWT', alg: 'ES256', x5c: [signer.pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')] }
    const jti = createHash('sha256').update(randomBytes(8)).digest('hex')
    const parts = [head, { iss: issuer, sub: user, aud: service, jti, access, ...times }]
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(text), { key: signer.key, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
