import {
  codedError,
  hasCode,
  type authAuthorize,
  type CallOptions,
  type DriverSet,
  type MethodDefinition,
  type Operation,
  type Principal,
  type RequestOf,
} from '@moby/contracts'
import { families, type Handles } from './handles.ts'
import { withoutSecrets } from './without-secrets.ts'

/** The request as it came. */
export type HttpEvidence = NonNullable<RequestOf<typeof authAuthorize, 'authorize'>['http']>

/** What an authorizer may see of the answer. */
export interface AnswerFacts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

type AnyMethod = (request: unknown, ...rest: unknown[]) => unknown

/**
 * Stands between a request and the engine: asks every authorization driver about the very request that the engine
 * will act on, but for secrets in it. Fails closed. Without drivers it costs nothing.
 */
export class Guard {
  readonly #drivers: DriverSet<typeof authAuthorize> | undefined
  readonly #principal: Principal
  readonly #evidence: () => HttpEvidence
  #first: Operation | undefined

  constructor(parts: {
    drivers: DriverSet<typeof authAuthorize> | undefined
    principal: Principal
    evidence: () => HttpEvidence
  }) {
    this.#drivers = parts.drivers
    this.#principal = parts.principal
    this.#evidence = parts.evidence
  }

  get active(): boolean {
    return (this.#drivers?.list().length ?? 0) > 0
  }

  /** Fails with AUTH_DENIED unless every driver allows the operation. */
  async allow(name: string, request: unknown, call: CallOptions = {}): Promise<void> {
    const operation = { name, request: withoutSecrets(request) }
    this.#first ??= operation
    for (const driver of this.#drivers?.list() ?? []) {
      const decision = await driver.handle
        .authorize({ principal: this.#principal, operation, http: this.#evidence() }, call)
        .catch((error: unknown) => failed(driver.name, error))
      if (!decision.allow) throw denied(driver.name, decision.message)
    }
  }

  /** Asks whether the caller may see the answer; drivers that do not look at answers are passed over. */
  async allowAnswer(answer: AnswerFacts): Promise<void> {
    if (this.#first === undefined) return
    for (const driver of this.#drivers?.list() ?? []) {
      const decision = await driver.handle
        .authorizeResponse({
          principal: this.#principal,
          operation: this.#first,
          http: this.#evidence(),
          status: answer.status,
          headers: { ...answer.headers },
          body: answer.body,
        })
        .catch((error: unknown) => (hasCode(error, 'NOT_SUPPORTED') ? { allow: true } : failed(driver.name, error)))
      if (!decision.allow) throw denied(driver.name, 'message' in decision ? decision.message : undefined)
    }
  }

  /** The same handles, with every call authorized first. */
  protect(handles: Handles): Handles {
    if (!this.active) return handles
    const entries = Object.entries(families).map(([family, { methods }]) => [
      family,
      this.#protectFamily(family, methods, handles[family as keyof Handles] as unknown as Record<string, AnyMethod>),
    ])
    return Object.fromEntries(entries) as Handles
  }

  #protectFamily(
    family: string,
    methods: Readonly<Record<string, MethodDefinition>>,
    target: Readonly<Record<string, AnyMethod>>,
  ): Record<string, AnyMethod> {
    const protectedMethods = Object.entries(methods).map(([name, method]) => {
      const operation = `${family}.${name}`
      const call: AnyMethod = (...args) => target[name]?.call(target, ...args)
      const allow = (request: unknown) => this.allow(operation, request)
      if (method.output === undefined) {
        return [
          name,
          async (request: unknown, ...rest: unknown[]) => {
            await allow(request)
            return await call(request, ...rest)
          },
        ] as const
      }
      return [
        name,
        async function* (request: unknown, ...rest: unknown[]) {
          await allow(request)
          yield* call(request, ...rest) as AsyncIterable<unknown>
        },
      ] as const
    })
    return Object.fromEntries(protectedMethods)
  }
}

function denied(driver: string, message: string | undefined) {
  const reason = message === undefined || message === '' ? 'no reason given' : message
  return codedError('AUTH_DENIED', `authorization denied by plugin ${driver}: ${reason}`)
}

function failed(driver: string, cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause)
  throw codedError('AUTH_DENIED', `authorization denied by plugin ${driver}: it failed: ${message}`, { cause })
}
