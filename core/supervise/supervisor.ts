import { codedError, type Logger } from '@moby/contracts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import type { Member } from '../lifecycle/member.ts'
import type { Running } from '../lifecycle/runner.ts'
import {
  runningSince,
  supervise,
  supervisionLimits,
  type SupervisionEvent,
  type SupervisionLimits,
  type SupervisionState,
} from './policy.ts'

export interface SupervisorParts {
  /** Another life for a component that is away; its handles are connected when it settles. */
  readonly revive: (member: Member) => Promise<void>
  readonly logOf: (member: Member) => Logger
  /** Called when a component went away or is back. */
  readonly onTurn: () => void
  readonly limits?: SupervisionLimits | undefined
  /** Milliseconds; absent: the monotonic clock of this process. */
  readonly now?: (() => number) | undefined
}

interface Watched {
  readonly member: Member
  state: SupervisionState
  timer: NodeJS.Timeout | undefined
  /** A start under way. */
  reviving: Promise<void> | undefined
}

/** Watches the components that can come back: asks for their health, and starts those again that ended. */
export class Supervisor {
  readonly #parts: SupervisorParts
  readonly #limits: SupervisionLimits
  readonly #now: () => number
  readonly #watched = new Map<Member, Watched>()
  /** Why each went away last. */
  readonly #reasons = new WeakMap<Member, string>()
  #closed = false

  constructor(parts: SupervisorParts) {
    this.#parts = parts
    this.#limits = parts.limits ?? supervisionLimits
    this.#now = parts.now ?? (() => performance.now())
  }

  /** Watches components from here on; those that are not there and can come back are tried again. */
  watch(members: readonly Member[]): void {
    for (const member of members) {
      if (!member.canComeBack || this.#closed || this.#watched.has(member)) continue
      const state = runningSince(this.#now(), this.#limits)
      const watched: Watched = { member, state, timer: undefined, reviving: undefined }
      this.#watched.set(member, watched)
      if (member.running !== undefined) this.#follow(watched, member.running)
      else if (member.phase === 'failed' || member.phase === 'away')
        this.#lose(watched, this.#reasons.get(member) ?? member.reason ?? 'it failed')
    }
  }

  /** Leaves a component alone; a start that is under way is given up, and has ended when it settles. */
  async forget(member: Member): Promise<void> {
    const watched = this.#watched.get(member)
    if (watched === undefined) return
    this.#watched.delete(member)
    this.#on(watched, 'stop')
    if (watched.reviving === undefined) return
    member.stopping.abort()
    await watched.reviving
  }

  /** Starts a component that is away at once, with a new budget. False when it is not away. */
  retry(member: Member): boolean {
    const watched = this.#watched.get(member)
    if (watched === undefined || !['waiting', 'open'].includes(watched.state.phase)) return false
    this.#on(watched, 'retry')
    return true
  }

  /** From now on nothing is started any more; starts under way have ended when it settles. */
  async close(): Promise<void> {
    this.#closed = true
    for (const watched of this.#watched.values()) {
      this.#on(watched, 'stop')
      if (watched.reviving !== undefined) watched.member.stopping.abort()
    }
    await Promise.all([...this.#watched.values()].map(({ reviving }) => reviving))
  }

  #follow(watched: Watched, running: Running): void {
    void running.lost?.then((reason) => this.#lose(watched, reasonOf(reason)))
    this.#plan(watched, this.#limits.healthEveryMs, () => void this.#ask(watched, running))
  }

  async #ask(watched: Watched, running: Running): Promise<void> {
    const { member } = watched
    const isCurrent = () => member.running === running && watched.state.phase === 'up'
    try {
      const health = await running.health?.()
      if (!isCurrent()) return
      member.restrict('health', health?.status === 'degraded' ? (health.reason ?? 'it says so itself') : undefined)
      this.#on(watched, 'answered')
    } catch (error) {
      if (!isCurrent()) return
      this.#parts.logOf(member).warn('did not answer when asked for its health', { reason: reasonOf(error) })
      const action = this.#on(watched, 'missed')
      if (action === 'kill') return await this.#kill(watched, running)
    }
    if (isCurrent()) this.#plan(watched, this.#limits.healthEveryMs, () => void this.#ask(watched, running))
  }

  /** Its handles are away before it is, so that nobody waits for it meanwhile. */
  async #kill(watched: Watched, running: Running): Promise<void> {
    const { misses } = this.#limits
    const reason = codedError('PROCESS_EXITED', `it did not answer ${misses} times in a row and was ended`)
    watched.member.disconnect(reason.message)
    await running.kill?.(reason)
  }

  #lose(watched: Watched, reason: string): void {
    const { member } = watched
    if (watched.state.phase === 'stopped') return
    member.stopping.abort()
    this.#on(watched, 'ended')
    this.#reasons.set(member, reason)
    const told = `${reason}; ${this.#nextIn(watched)}`
    member.disconnect(told)
    member.enter('away', told)
    this.#parts.logOf(member).error('went away', { reason, next: this.#nextIn(watched) })
    this.#parts.onTurn()
  }

  #nextIn({ state }: Watched): string {
    const seconds = Math.max(0, state.at - this.#now()) / 1_000
    if (state.phase !== 'open') return `it is started again in ${seconds.toFixed(1)} s`
    const { budget, windowMs } = this.#limits
    return (
      `it ended too often (${budget} starts in ${Math.round(windowMs / 60_000)} minutes) and is tried again in ` +
      `${Math.round(seconds)} s, or by: moby retry`
    )
  }

  async #revive(watched: Watched): Promise<void> {
    const { member } = watched
    try {
      await this.#parts.revive(member)
    } catch (error) {
      return this.#lose(watched, reasonOf(error))
    }
    this.#on(watched, 'started')
    this.#parts.logOf(member).info('is back', { startMs: Math.round(member.startMs ?? 0) })
    this.#parts.onTurn()
    // The engine may have begun to stop meanwhile; then the stop finds it running and ends it.
    if (watched.state.phase === 'up' && member.running !== undefined) this.#follow(watched, member.running)
  }

  #on(watched: Watched, event: SupervisionEvent): 'start' | 'kill' | undefined {
    const { state, action } = supervise(watched.state, event, this.#now(), this.#limits)
    watched.state = state
    if (event !== 'answered' && event !== 'missed') {
      clearTimeout(watched.timer)
      watched.timer = undefined
    }
    if (state.phase === 'waiting' || state.phase === 'open') {
      this.#plan(watched, state.at - this.#now(), () => this.#on(watched, 'tick'))
    }
    if (action === 'start') watched.reviving = this.#revive(watched).finally(() => (watched.reviving = undefined))
    return action
  }

  #plan(watched: Watched, delayMs: number, work: () => void): void {
    clearTimeout(watched.timer)
    // One more, because a timer may fire within the millisecond before it is due.
    watched.timer = setTimeout(work, Math.max(1, Math.ceil(delayMs) + 1))
    watched.timer.unref()
  }
}
