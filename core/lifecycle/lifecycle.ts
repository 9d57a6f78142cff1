import { codedError, contractCatalog, isCodedError, type StopReason } from '@moby/contracts'
import { Container, injected } from '../kernel/container.ts'
import { ContextFactory } from '../kernel/context-factory.ts'
import type { EngineLog } from '../kernel/log.ts'
import { requirementsOf, type Surround } from '../kernel/requirements.ts'
import { contextsToken, logToken, runnersToken } from '../kernel/tokens.ts'
import { bootFailure, reasonOf } from './boot-failure.ts'
import { withDeadline } from './deadline.ts'
import type { Member } from './member.ts'
import type { Runner, Runners, Running } from './runner.ts'

const startDeadlineMs = 30_000
const stopDeadlineMs = 15_000

export interface LifecycleOptions {
  readonly assembly: string
  /** By level, each needs only levels before it; of the generation that runs at the moment of the question. */
  readonly levels: readonly (readonly Member[])[]
  readonly container: Container
  /** Called when a component is ready, and when it failed. */
  readonly onSettled?: ((member: Member) => void) | undefined
}

/** Tells a life that is about to take over what the last one knew. */
export type Remind = (member: Member, running: Running) => Promise<void>

/**
 * Brings the components of an assembly up and down in the order of their needs. A level is created
 * together; when all are created, they are started in the same order. Each has its deadline. A stop goes
 * the other way, and never ends before each component ended or its deadline has passed.
 */
export class Lifecycle {
  readonly #contexts: ContextFactory
  readonly #log: EngineLog
  readonly #runners: Runners
  readonly #heldBack = new Set<Member>()

  constructor(contexts: ContextFactory, log: EngineLog, runners: Runners) {
    this.#contexts = contexts
    this.#log = log
    this.#runners = runners
  }

  /**
   * Makes a life of a component and leaves its handles as they are. Throws what went wrong; nothing of that life is left
   * then. `surround` is what it can see of the assembly for as long as it lives.
   */
  async create(member: Member, surround: Surround, container: Container): Promise<Running> {
    const missing = unmet(member, surround.members())
    if (missing !== undefined) throw codedError('COMPONENT_FAILED', missing.text)
    member.restrict('own', undefined)
    member.restrict('health', undefined)
    const began = performance.now()
    const running = await this.#make(member, surround, container)
    try {
      checkProvided(member, running)
      const { startDeadlineMs: deadlineMs } = deadlinesOf(member)
      await withDeadline(running.start?.() ?? Promise.resolve(), deadlineMs, `The start of ${member.title}`)
    } catch (error) {
      member.stopping.abort()
      await running.stop?.('leave-containers').catch(() => undefined)
      throw error
    }
    member.startMs = performance.now() - began
    return running
  }

  /** Ends a life, whoever its handles belong to by now. Errors are logged. */
  async end(member: Member, running: Running, reason: StopReason): Promise<void> {
    member.stopping.abort()
    try {
      await running.stop?.(reason)
    } catch (error) {
      this.#log.of(member.name).error('did not stop well', { reason: reasonOf(error) })
    }
  }

  /** Throws BOOT_FAILED when a required component failed; what had been created is stopped by then. */
  async start(options: LifecycleOptions): Promise<void> {
    const members = options.levels.flat()
    // Loading code takes most of a start and needs nobody: it fills the time in which others wait.
    for (const member of members) this.#runners[member.locked.mode]?.prepare(member)
    for (const level of options.levels) {
      await Promise.all(level.map((member) => this.#create(member, members, options)))
    }
    if (!members.some(hasFailed)) {
      for (const level of options.levels) {
        await Promise.all(level.map((member) => this.#begin(member, members, options)))
      }
    }
    const failed = members.filter(hasFailed)
    if (failed.length === 0) return
    const failure = bootFailure(options.assembly, members, failed)
    await this.stop(options.levels, 'leave-containers')
    throw failure
  }

  /**
   * Gives a component that is away another life: creates and starts it and connects its handles again. Throws what
   * went wrong; nothing of that life is left then.
   */
  async revive(member: Member, options: LifecycleOptions, remind?: Remind): Promise<void> {
    const surround: Surround = { members: () => options.levels.flat(), reach: 'usual' }
    const running = await this.create(member, surround, options.container)
    try {
      await remind?.(member, running)
      // Whoever gave it up meanwhile may have put another life behind its handles.
      if (member.stopping.signal.aborted) throw codedError('CANCELLED', `The start of ${member.title} was given up`)
    } catch (error) {
      await this.end(member, running, 'leave-containers')
      throw error
    }
    member.error = undefined
    member.connect(running)
    member.enter('up')
  }

  /** Starts optional components that were held back at the start by one that is back now. */
  async takeUp(options: LifecycleOptions): Promise<void> {
    const members = options.levels.flat()
    for (const member of members) {
      if (!this.#heldBack.has(member) || member.canComeBack || unmet(member, members) !== undefined) continue
      this.#heldBack.delete(member)
      await this.revive(member, options).catch((error: unknown) => this.#fail(member, error, options))
    }
  }

  /** Stops what is up, users before what they use. Answers what went wrong on the way. */
  async stop(levels: readonly (readonly Member[])[], reason: StopReason): Promise<readonly Error[]> {
    const errors: Error[] = []
    for (const level of levels.toReversed()) {
      await Promise.all(
        level.map(async (member) => {
          const error = await this.#end(member, reason)
          if (error !== undefined) errors.push(error)
        }),
      )
    }
    return errors
  }

  async #create(member: Member, members: readonly Member[], options: LifecycleOptions): Promise<void> {
    const missing = unmet(member, members)
    if (missing !== undefined) return this.#holdBack(member, missing, options)
    member.enter('starting')
    const began = performance.now()
    try {
      const surround: Surround = { members: () => options.levels.flat(), reach: 'usual' }
      const running = await this.#make(member, surround, options.container)
      checkProvided(member, running)
      member.connect(running)
      member.startMs = performance.now() - began
      if (running.start === undefined) this.#settle(member, options)
    } catch (error) {
      member.startMs = performance.now() - began
      this.#fail(member, error, options)
    }
  }

  async #make(member: Member, surround: Surround, container: Container): Promise<Running> {
    member.stopping = new AbortController()
    const requirements = requirementsOf(member, surround)
    const others = () => surround.members()
    const context = await this.#contexts.make(member, requirements, { others, parent: container })
    return await this.#runnerOf(member).create(member, { context, requirements, ...deadlinesOf(member) })
  }

  #runnerOf(member: Member): Runner {
    const runner = this.#runners[member.locked.mode]
    if (runner !== undefined) return runner
    throw codedError('NOT_SUPPORTED', `${member.title} cannot run in mode ${member.locked.mode}`)
  }

  async #begin(member: Member, members: readonly Member[], options: LifecycleOptions): Promise<void> {
    const { running } = member
    if (running === undefined) return
    const missing = unmet(member, members)
    if (missing !== undefined) {
      await this.#end(member, 'leave-containers')
      return this.#holdBack(member, missing, options)
    }
    if (running.start === undefined) return
    const began = performance.now()
    try {
      const { startDeadlineMs: deadlineMs } = deadlinesOf(member)
      await withDeadline(running.start(), deadlineMs, `The start of ${member.title}`)
      member.startMs = (member.startMs ?? 0) + performance.now() - began
      this.#settle(member, options)
    } catch (error) {
      await this.#end(member, 'leave-containers')
      this.#fail(member, error, options)
    }
  }

  /** What it needs failed: no failure of its own, unless the other one is told nowhere else. */
  #holdBack(member: Member, { text, isFailure }: Unmet, options: LifecycleOptions): void {
    member.enter('waiting', text)
    this.#heldBack.add(member)
    if (isFailure || !member.required) this.#fail(member, codedError('COMPONENT_FAILED', text), options)
  }

  #settle(member: Member, { onSettled }: LifecycleOptions): void {
    member.enter('up')
    onSettled?.(member)
  }

  #fail(member: Member, error: unknown, { onSettled }: LifecycleOptions): void {
    const reason = reasonOf(error)
    member.error = error
    member.stopping.abort()
    member.disconnect(reason)
    member.enter('failed', reason)
    const log = this.#log.of(member.name)
    // A defect shows where it is; the failure of a required component is thrown and told by the caller.
    if (!isCodedError(error) && error instanceof Error) log.error('failed by a defect', { stack: error.stack })
    else if (!member.required) log.warn('could not be started', { reason })
    onSettled?.(member)
  }

  async #end(member: Member, reason: StopReason): Promise<Error | undefined> {
    const { running } = member
    if (running === undefined) return undefined
    member.stopping.abort()
    try {
      await running.stop?.(reason)
      return undefined
    } catch (error) {
      this.#log.of(member.name).error('did not stop well', { reason: reasonOf(error) })
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      member.disconnect('it was stopped')
      member.enter('stopped')
    }
  }
}

injected(Lifecycle, contextsToken, logToken, runnersToken)

function deadlinesOf({ descriptor }: Member) {
  return {
    startDeadlineMs: descriptor.startDeadlineMs ?? startDeadlineMs,
    stopDeadlineMs: descriptor.stopDeadlineMs ?? stopDeadlineMs,
  }
}

function hasFailed(member: Member): boolean {
  return member.required && member.status === 'failed'
}

interface Unmet {
  readonly text: string
  /** All that could have met it were optional, so that their failure did not end the start. */
  readonly isFailure: boolean
}

/** The first requirement of a component that nothing running can meet. */
function unmet(member: Member, members: readonly Member[]): Unmet | undefined {
  for (const { contract, optional = false } of member.locked.requires) {
    if (optional) continue
    const providers = members.filter(
      (other) =>
        other.name !== member.name &&
        other.provides.some((provided) => provided.contract === contract && provided.dynamic !== true),
    )
    if (providers.some(({ isUp }) => isUp)) continue
    const names = providers.map(({ title }) => title).join(', ')
    return {
      text: `it needs ${contract}, and ${names} failed`,
      isFailure: providers.every(({ required }) => !required),
    }
  }
  return undefined
}

/** A component must provide what its descriptor promises; of the contracts known here, every method. */
function checkProvided(member: Member, running: Running): void {
  for (const { contract, version, dynamic = false } of member.provides) {
    if (dynamic) continue
    const provided = running.provides[contract] as Record<string, unknown> | undefined
    if (typeof provided !== 'object' || provided === null) {
      throw codedError(
        'COMPONENT_FAILED',
        `${member.title} does not provide ${contract}, which its descriptor promises`,
      )
    }
    const known = contractCatalog.get(contract)
    if (known?.version !== version) continue
    const lacking = Object.keys(known.methods).filter((method) => typeof provided[method] !== 'function')
    if (lacking.length === 0) continue
    throw codedError(
      'COMPONENT_FAILED',
      `${member.title} lacks methods of ${contract} ${version}: ${lacking.join(', ')}`,
      {
        hint: 'a method that cannot be offered answers with NOT_SUPPORTED',
      },
    )
  }
}
