import { codedError, hasCode, isCodedError, type CallOptions, type CodedError } from '@moby/contracts'
import {
  Activation,
  callPlugin,
  invalid,
  protocols,
  readMark,
  ShapeError,
  showAddress,
  streamPlugin,
  type FoundPlugin,
  type PluginCall,
  type Protocol,
  type Reader,
} from '@moby/lib-docker-plugin-protocol'
import { deadlineOf } from './deadlines.ts'
import type { PluginScope } from './managed/plugin-scope.ts'
import { retryAgain } from './retry-again.ts'

export interface PluginOptions {
  readonly found: FoundPlugin
  /** How long the first call waits for a plugin that does not listen yet, milliseconds. */
  readonly waitMs: number
  readonly deadlines: Readonly<Record<string, number>>
  /** Of a plugin that the engine runs itself. */
  readonly managed?: ManagedFacts | undefined
  /**
   * Called when it has told what it implements; `restarted` when it is another process than before. Whoever waits for it
   * waits for the answer too.
   */
  readonly onActive: (plugin: Plugin, restarted: boolean) => void | Promise<void>
  /** Called when it is away, silent or lies about itself, and with undefined when that is over. */
  readonly onTrouble: (plugin: Plugin, trouble: CodedError | undefined) => void
  /** Called at the end of each call. */
  readonly onCall: (plugin: Plugin, method: string, outcome: string) => void
}

/** What is known of a plugin that the engine runs itself. */
export interface ManagedFacts {
  /** By its config; that it answers at all is what counts, not what. */
  readonly implements: ReadonlySet<string>
  readonly scope: PluginScope
  /** Milliseconds for each call at most; 0: as configured. */
  readonly longestMs: number
}

const firstProbeMs = 200
const longestProbeMs = 30_000
/** A failed activation is not tried again by callers for this long, unless the plugin's file changes. */
const failureLastsMs = 1_000
/**
 * A socket that was just made is tried again for this long: whoever makes one binds it first, which makes the file that
 * is noticed at once, and listens afterwards.
 */
const freshForMs = 1_000

/**
 * One plugin of Docker: what it implements, whether it answers, and the way to call it. It is asked what it is before
 * the first call, and again when its socket was replaced. One that did not answer in time fails every further call at
 * once until it answers a probe; one that is away is probed too, and nobody waits for that.
 */
export class Plugin {
  readonly name: string
  #found: FoundPlugin
  #implements: ReadonlySet<string> | undefined
  #mark: string | undefined
  /** The last file that was noticed in the place of the one it answered at. */
  #fresh: { readonly mark: string; readonly until: number } | undefined
  #activation: Promise<ReadonlySet<string>> | undefined
  #failure: { error: unknown; mark: string | undefined; until: number } | undefined
  #silent: CodedError | undefined
  #probe: NodeJS.Timeout | undefined
  #probeMs = firstProbeMs
  #inTrouble = false
  /** Nobody listened since it answered last: who answers next is another process. */
  #wasGone = false
  #closed = false
  readonly #options: PluginOptions

  constructor(options: PluginOptions) {
    this.name = options.found.name
    this.#found = options.found
    this.#options = options
  }

  get file(): string {
    return this.#found.file
  }

  /** What it said last that it implements; undefined before it said anything, and its config has not either. */
  get implements(): ReadonlySet<string> | undefined {
    return this.#implements ?? this.#options.managed?.implements
  }

  get isManaged(): boolean {
    return this.#options.managed !== undefined
  }

  /** Where a path that it tells is on the host. Fails with PLUGIN_LIED for a path out of what is its own. */
  toHost(path: string): string {
    return this.#options.managed?.scope.toHost(path) ?? path
  }

  /** How it sees a FIFO of the host. */
  toPlugin(path: string): string {
    return this.#options.managed?.scope.toPlugin(path) ?? path
  }

  /** Its file has changed: it may listen elsewhere now. */
  found(found: FoundPlugin): void {
    this.#found = found
  }

  /** Calls a method and reads its answer. Fails with the coded errors of `callPlugin`, or PLUGIN_PROTOCOL_MISSING. */
  async call<T>(
    protocol: Protocol,
    method: string,
    reader: Reader<T>,
    body?: unknown,
    { signal }: CallOptions = {},
  ): Promise<T> {
    await this.#require(protocol)
    const call = this.#callOf(method, body, signal)
    const value = await this.#watch(method, callPlugin(call))
    return this.#read(call, reader, value)
  }

  /** Calls a method that answers a stream. */
  async stream(protocol: Protocol, method: string, body: unknown, { signal }: CallOptions = {}) {
    await this.#require(protocol)
    return await this.#watch(method, streamPlugin(this.#callOf(method, body, signal)))
  }

  /** Asks it what it implements, and goes on asking in the background until it answers. */
  begin(waitMs = 0): void {
    void this.activate(waitMs).catch(() => undefined)
  }

  /** What it implements, from the activation that is under way, a new one, or the last. */
  async activate(waitMs = this.#options.waitMs): Promise<ReadonlySet<string>> {
    const mark = readMark(this.#found)
    if (this.#implements !== undefined && this.#mark === mark) return this.#implements
    const failure = this.#failure
    if (failure !== undefined && failure.mark === mark && performance.now() < failure.until) throw failure.error
    // Who has answered before is not waited for: it is away, and its return will be noticed.
    const patience = this.#implements === undefined ? waitMs : 0
    this.#activation ??= this.#activate(patience).finally(() => (this.#activation = undefined))
    return await this.#activation
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#probe)
  }

  async #require(protocol: Protocol): Promise<void> {
    if (this.#silent !== undefined) throw this.#silent
    const known = await this.activate()
    if (known.has(protocols[protocol])) return
    const said = known.size === 0 ? 'nothing' : [...known].join(', ')
    throw codedError(
      'PLUGIN_PROTOCOL_MISSING',
      `The plugin ${this.name} at ${this.#address} does not implement ${protocols[protocol]}; it says ${said}`,
      { details: { plugin: this.name, implements: [...known] } },
    )
  }

  async #activate(waitMs: number): Promise<ReadonlySet<string>> {
    const mark = readMark(this.#found)
    const call = this.#callOf('Plugin.Activate', undefined, undefined)
    const patience = Math.max(waitMs, this.#freshFor(mark))
    try {
      const told = await retryAgain(() => this.#askActivation(call), patience, isNotListening)
      const now = readMark(this.#found) ?? mark
      const restarted = this.#implements !== undefined && (this.#mark !== now || this.#wasGone)
      const known = this.#options.managed?.implements ?? told
      this.#implements = known
      this.#mark = now
      this.#failure = undefined
      this.#wellAgain()
      await this.#options.onActive(this, restarted)
      return known
    } catch (error) {
      this.#failure = { error, mark, until: performance.now() + failureLastsMs }
      this.#trouble(error)
      throw error
    }
  }

  /** For how long somebody may still be about to listen at this file, milliseconds. */
  #freshFor(mark: string | undefined): number {
    if (mark === undefined || mark === this.#mark) return 0
    if (this.#fresh?.mark !== mark) this.#fresh = { mark, until: performance.now() + freshForMs }
    return Math.max(0, this.#fresh.until - performance.now())
  }

  /** One that the engine runs need not know the question: whatever it answers, it is there. */
  async #askActivation(call: PluginCall): Promise<ReadonlySet<string>> {
    try {
      return new Set(this.#read(call, Activation, await callPlugin(call)).Implements)
    } catch (error) {
      if (this.isManaged && hasCode(error, 'PLUGIN_REFUSED', 'PLUGIN_ANSWER_INVALID')) return new Set()
      throw error
    }
  }

  /** Notes what a call tells of the plugin's health. */
  async #watch<T>(method: string, call: Promise<T>): Promise<T> {
    try {
      const answer = await call
      this.#options.onCall(this, method, 'ok')
      // Another process in its place knows nothing of what the last one was told.
      if (this.#wasGone) void this.#probeNow()
      else if (this.#inTrouble) this.#wellAgain()
      return answer
    } catch (error) {
      this.#options.onCall(this, method, isCodedError(error) ? error.code : 'INTERNAL')
      if (hasCode(error, 'PLUGIN_SILENT')) {
        this.#silent = codedError(
          'PLUGIN_SILENT',
          `${error.message}, and has not answered since; calls fail until it does`,
          { hint: error.hint, details: error.details },
        )
      }
      if (hasCode(error, 'PLUGIN_SILENT', 'PLUGIN_AWAY')) this.#trouble(error)
      throw error
    }
  }

  #trouble(error: unknown): void {
    if (!isCodedError(error) || this.#closed) return
    this.#inTrouble = true
    if (isNotListening(error)) this.#wasGone = true
    this.#options.onTrouble(this, error)
    this.#probeLater()
  }

  #probeLater(): void {
    if (this.#closed || this.#probe !== undefined) return
    this.#probe = setTimeout(() => void this.#probeNow(), this.#probeMs)
    this.#probe.unref()
    this.#probeMs = Math.min(this.#probeMs * 2, longestProbeMs)
  }

  async #probeNow(): Promise<void> {
    this.#probe = undefined
    this.#activation ??= this.#activate(0).finally(() => (this.#activation = undefined))
    await this.#activation.catch(() => undefined)
  }

  #wellAgain(): void {
    this.#inTrouble = false
    this.#wasGone = false
    this.#silent = undefined
    this.#probeMs = firstProbeMs
    clearTimeout(this.#probe)
    this.#probe = undefined
    this.#options.onTrouble(this, undefined)
  }

  #callOf(method: string, body: unknown, signal: AbortSignal | undefined): PluginCall {
    return {
      plugin: this.name,
      address: this.#found.address,
      method,
      body,
      deadlineMs: this.#deadlineOf(method),
      signal,
    }
  }

  #deadlineOf(method: string): number {
    const deadlineMs = deadlineOf(this.#options.deadlines, this.name, method)
    const longestMs = this.#options.managed?.longestMs ?? 0
    return longestMs > 0 ? Math.min(deadlineMs, longestMs) : deadlineMs
  }

  #read<T>(call: PluginCall, reader: Reader<T>, value: unknown): T {
    try {
      return reader(value)
    } catch (cause) {
      if (!(cause instanceof ShapeError)) throw cause
      throw invalid(call, `answered ${call.method} with what is no answer to it: ${cause.message}`, cause)
    }
  }

  get #address(): string {
    return showAddress(this.#found.address)
  }
}

/** Nobody has taken the call: it is safe to try again. */
function isNotListening(error: unknown): boolean {
  return hasCode(error, 'PLUGIN_AWAY') && error.details?.['sent'] === false
}
