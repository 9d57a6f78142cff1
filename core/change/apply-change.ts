import { codedError, isCodedError, type Logger } from '@moby/contracts'
import type { Container } from '../kernel/container.ts'
import type { Generation } from '../kernel/generation.ts'
import type { Handle } from '../kernel/handle.ts'
import type { Surround } from '../kernel/requirements.ts'
import type { CallKind, Target } from '../kernel/target.ts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import type { Lifecycle, Remind } from '../lifecycle/lifecycle.ts'
import { implementationOf, type Member } from '../lifecycle/member.ts'
import type { Running } from '../lifecycle/runner.ts'
import type { Supervisor } from '../supervise/supervisor.ts'
import type { ChangeLimits } from './change-limits.ts'
import type { ChangeSet, Newcomer } from './change-set.ts'
import { smokeTest } from './smoke.ts'

export interface ApplyParts {
  readonly lifecycle: Pick<Lifecycle, 'create' | 'end' | 'revive'>
  readonly supervisor: Pick<Supervisor, 'watch' | 'forget'>
  readonly container: Container
  /** The generation that runs. */
  readonly current: () => Generation
  readonly log: Logger
  readonly limits: ChangeLimits
  readonly remind: Remind
  /** Gives a component that failed to take over its life back, as after a crash. */
  readonly revive: (member: Member) => Promise<void>
  /**
   * Makes the new generation the one that runs: writes its lasting record, and then in one turn asks `check`, which
   * throws when it must not be, and calls `takeOver`.
   */
  readonly commit: (set: ChangeSet, turn: { check: () => void; takeOver: () => void }) => Promise<void>
  /** Aborted when the engine stops. */
  readonly signal: AbortSignal
}

/** A life that was begun for a change. */
interface Begun extends Newcomer {
  readonly running: Running
  /** Why it ended, if it has. */
  lost: Error | undefined
}

/**
 * Brings a change about: new lives are started and tried, then they take over, then the old ones end. Until they take
 * over everything can fail, and is taken back: throws APPLY_FAILED, and what ran before runs as before. The answered
 * promise of `settle` ends when the old lives have ended.
 */
export class ApplyChange {
  readonly #parts: ApplyParts
  readonly #set: ChangeSet
  readonly #before: Generation
  readonly #surround: Surround
  readonly #begun: Begun[] = []
  /** Old lives whose callers wait, and whether they were up. */
  readonly #held = new Map<Member, Running | undefined>()
  /** Old lives that have no callers any more and are not stopped yet; providers before their users. */
  #leaving: { member: Member; targets: readonly Target[]; forgotten: Promise<void> }[] = []
  #isDone = false
  #commits: (() => void)[] = []

  constructor(parts: ApplyParts, set: ChangeSet) {
    this.#parts = parts
    this.#set = set
    this.#before = parts.current()
    this.#surround = {
      members: () => (this.#isDone ? parts.current() : set.next).members,
      reach: 'early',
    }
  }

  async run(): Promise<void> {
    const { beside, after, reconfigured } = this.#set
    try {
      for (const { member, facts } of reconfigured) {
        await this.#step(member, 'cannot take its new configuration', async () => {
          const commit = await member.running?.reconfigure?.(facts.config)
          if (commit !== undefined) this.#commits.push(commit)
        })
      }
      for (const level of beside) await this.#startAll(level)
      if (after.length > 0) await this.#handOver(after)
      this.#checkAlive()
      await this.#parts.commit(this.#set, {
        check: () => this.#checkAlive(),
        takeOver: () => this.#takeOver(),
      })
    } catch (error) {
      await this.#takeBack()
      throw isCodedError(error) && error.code === 'APPLY_FAILED' ? error : failure('The change', 'failed', error)
    }
  }

  /** Ends what the change has left without use. To be called once, after `run`. */
  async settle(): Promise<void> {
    for (const { member, targets, forgotten } of this.#leaving.toReversed()) {
      await forgotten
      const { running } = member
      const until = performance.now() + this.#parts.limits.drainMs
      for (const target of targets) await this.#quiet(target, Math.max(0, until - performance.now()), 'call', 'stream')
      for (const target of targets) target.isLeaving = true
      if (running !== undefined) await this.#parts.lifecycle.end(member, running, 'leave-containers')
      member.leave('stopped', 'it was replaced or removed')
    }
  }

  /** Starts the lives of one level together, and waits for all of them also when one fails. */
  async #startAll(level: readonly Newcomer[]): Promise<void> {
    const results = await Promise.allSettled(level.map((each) => this.#start(each)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async #start(newcomer: Newcomer): Promise<void> {
    const { lifecycle, container, remind } = this.#parts
    const { member } = newcomer
    const running = await this.#step(
      member,
      'could not be started',
      async () => await lifecycle.create(member, this.#surround, container),
    )
    const begun: Begun = { ...newcomer, running, lost: undefined }
    void running.lost?.then((reason) => (begun.lost = reason))
    this.#begun.push(begun)
    member.running = running
    await this.#step(member, 'does not work', async () => {
      const health = await running.health?.()
      if (health?.status === 'degraded') member.restrict('health', health.reason ?? 'it says so itself')
    })
    await this.#step(member, 'failed before it took over', async () => await smokeTest(member, running))
    await this.#step(member, 'could not be told what it has to know', async () => await remind(member, running))
    for (const handle of member.handles) handle.showEarly(implementationOf(running, handle.contract))
  }

  /** Calls wait from here on; users end before what they use, then the new lives start the other way round. */
  async #handOver(levels: readonly (readonly Newcomer[])[]): Promise<void> {
    const { supervisor, lifecycle, limits } = this.#parts
    for (const level of levels.toReversed()) {
      await Promise.all(
        level.map(async ({ old: member }) => {
          if (member === undefined) return
          await supervisor.forget(member)
          const { running } = member
          this.#held.set(member, running)
          for (const handle of allHandles(member)) handle.hold()
          const targets = allHandles(member).flatMap(({ target }) => target ?? [])
          const until = performance.now() + limits.pauseMs
          for (const target of targets) await this.#quiet(target, Math.max(0, until - performance.now()), 'call')
          for (const target of targets) await this.#quiet(target, limits.pauseStreamsMs, 'stream')
          for (const target of targets) target.isLeaving = true
          if (running !== undefined) await lifecycle.end(member, running, 'leave-containers')
          for (const handle of member.offers.handles()) handle.vacate()
          member.leave('starting', 'it is being replaced')
        }),
      )
    }
    for (const level of levels) await this.#startAll(level)
  }

  #checkAlive(): void {
    for (const { member, lost } of this.#begun) {
      if (lost !== undefined) throw failure(member.title, 'ended before it could take over', lost)
    }
    if (this.#parts.signal.aborted) throw failure('The change', 'was given up', new Error('the engine stops'))
  }

  /** In one turn: nobody sees some of it. Nothing here can fail. */
  #takeOver(): void {
    const { kept, reconfigured, waiting, removed, retired, orphans } = this.#set
    const replaced = new Set(this.#begun.flatMap(({ old }) => (old === undefined || this.#held.has(old) ? [] : [old])))
    const leaving = this.#before.levels.flat().filter((member) => replaced.has(member) || removed.includes(member))
    this.#leaving = leaving.map((member) => ({
      member,
      targets: allHandles(member).flatMap(({ target }) => target ?? []),
      // From this turn on its end is nobody's concern: its handles may be those of another life.
      forgotten: this.#parts.supervisor.forget(member),
    }))
    for (const commit of this.#commits) commit()
    for (const { member, facts } of [...kept, ...reconfigured]) {
      member.adopt(facts)
      member.await(undefined)
      member.isRetired = false
    }
    for (const { member, pending, isWanted } of waiting) {
      member.await(pending)
      member.isRetired &&= !isWanted
    }
    for (const member of retired) member.isRetired = true
    for (const handle of orphans) handle.disconnect('it was removed from the assembly')
    for (const { member, old, running } of this.#begun) {
      if (old !== undefined) member.offers.takeOver(old.offers)
      member.connect(running)
      member.enter('up')
    }
    for (const member of removed) member.offers.withdrawAll('it was removed from the assembly')
    this.#isDone = true
  }

  async #takeBack(): Promise<void> {
    const { lifecycle, supervisor, revive, log } = this.#parts
    for (const { member } of this.#begun) for (const handle of member.handles) handle.showEarly(undefined)
    for (const { member, running } of this.#begun.toReversed()) {
      await lifecycle.end(member, running, 'leave-containers')
      member.offers.withdrawAll('it did not take over')
      member.leave('stopped', 'it did not take over')
    }
    const order = this.#before.levels.flat()
    for (const member of [...this.#held.keys()].toSorted((a, b) => order.indexOf(a) - order.indexOf(b))) {
      const running = this.#held.get(member)
      if (running !== undefined && member.running === undefined && !this.#parts.signal.aborted) {
        await revive(member).catch((error: unknown) => {
          log.error('a component could not be started again after a change that failed', {
            entry: member.name,
            reason: reasonOf(error),
          })
          member.disconnect(reasonOf(error))
          member.enter('away', reasonOf(error))
        })
      }
      for (const handle of allHandles(member)) handle.release()
      supervisor.watch([member])
    }
  }

  /** An engine that stops waits for nobody. */
  async #quiet(target: Target, deadlineMs: number, ...kinds: readonly CallKind[]): Promise<void> {
    const { signal } = this.#parts
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const onAbort = () => resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    await Promise.race([target.quiet(deadlineMs, ...kinds), promise])
    signal.removeEventListener('abort', onAbort)
  }

  async #step<T>({ title }: Member, words: string, work: () => Promise<T>): Promise<T> {
    if (this.#parts.signal.aborted) throw failure('The change', 'was given up', new Error('the engine stops'))
    try {
      return await work()
    } catch (error) {
      throw failure(title, words, error)
    }
  }
}

function allHandles({ handles, offers }: Member): readonly Handle[] {
  return [...handles, ...offers.handles()]
}

function failure(subject: string, words: string, cause: unknown): Error {
  if (isCodedError(cause) && cause.code === 'APPLY_FAILED') return cause
  return codedError('APPLY_FAILED', `${subject} ${words}: ${reasonOf(cause)}`, {
    hint: isCodedError(cause) ? cause.hint : undefined,
    cause,
    details: { subject, reason: reasonOf(cause), ...(isCodedError(cause) ? { code: cause.code } : {}) },
  })
}
