import { codedError, contractCatalog, isCodedError, type RunningComponent, type StopReason } from '@moby/contracts'
import { Container, injected } from '../kernel/container.ts'
import { ContextFactory } from '../kernel/context-factory.ts'
import type { EngineLog } from '../kernel/log.ts'
import { logToken, contextsToken } from '../kernel/tokens.ts'
import { bootFailure, reasonOf } from './boot-failure.ts'
import { withDeadline } from './deadline.ts'
import type { Member } from './member.ts'

const startDeadlineMs = 30_000
const stopDeadlineMs = 15_000

export interface LifecycleOptions {
  readonly assembly: string
  /** By level: each needs only levels before it. */
  readonly levels: readonly (readonly Member[])[]
  readonly container: Container
  /** Called when a component is ready, and when it failed. */
  readonly onSettled?: ((member: Member) => void) | undefined
}

/**
 * Brings the components of an assembly up and down in the order of their needs. A level is created
 * together; when all are created, they are started in the same order. Each has its deadline. A stop goes
 * the other way, and never ends before each component ended or its deadline has passed.
 */
export class Lifecycle {
  readonly #contexts: ContextFactory
  readonly #log: EngineLog

  constructor(contexts: ContextFactory, log: EngineLog) {
    this.#contexts = contexts
    this.#log = log
  }

  /** Throws BOOT_FAILED when a required component failed; what had been created is stopped by then. */
  async start(options: LifecycleOptions): Promise<void> {
    const members = options.levels.flat()
    // Loading code takes most of a start and needs nobody: it fills the time in which others wait.
    for (const member of members) member.load()
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
    member.status = 'starting'
    const began = performance.now()
    const deadlineMs = member.descriptor.startDeadlineMs ?? startDeadlineMs
    try {
      const running = await withDeadline(
        this.#load(member, members, options.container),
        deadlineMs,
        `The creation of ${member.title}`,
        (late) => void late.stop?.('leave-containers').catch(() => undefined),
      )
      checkProvided(member, running)
      member.connect(running)
      member.startMs = performance.now() - began
      if (running.start === undefined) this.#settle(member, options)
    } catch (error) {
      member.startMs = performance.now() - began
      this.#fail(member, error, options)
    }
  }

  async #load(member: Member, members: readonly Member[], container: Container): Promise<RunningComponent> {
    const [module, context] = await Promise.all([member.load(), this.#contexts.make(member, members, container)])
    return await module.create(context as never)
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
      const deadlineMs = member.descriptor.startDeadlineMs ?? startDeadlineMs
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
    member.status = 'waiting'
    member.reason = text
    if (isFailure || !member.required) this.#fail(member, codedError('COMPONENT_FAILED', text), options)
  }

  #settle(member: Member, { onSettled }: LifecycleOptions): void {
    member.status = member.reason === undefined ? 'ready' : 'degraded'
    onSettled?.(member)
  }

  #fail(member: Member, error: unknown, { onSettled }: LifecycleOptions): void {
    member.status = 'failed'
    member.error = error
    member.reason = reasonOf(error)
    member.stopping.abort()
    member.disconnect(member.reason)
    const log = this.#log.of(member.name)
    // A defect shows where it is; the failure of a required component is thrown and told by the caller.
    if (!isCodedError(error) && error instanceof Error) log.error('failed by a defect', { stack: error.stack })
    else if (!member.required) log.warn('could not be started', { reason: member.reason })
    onSettled?.(member)
  }

  async #end(member: Member, reason: StopReason): Promise<Error | undefined> {
    const { running } = member
    if (running === undefined) return undefined
    member.stopping.abort()
    try {
      const work = running.stop?.(reason) ?? Promise.resolve()
      await withDeadline(work, member.descriptor.stopDeadlineMs ?? stopDeadlineMs, `The stop of ${member.title}`)
      return undefined
    } catch (error) {
      this.#log.of(member.name).error('did not stop well', { reason: reasonOf(error) })
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      member.status = 'stopped'
      member.disconnect('it was stopped')
    }
  }
}

injected(Lifecycle, contextsToken, logToken)

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
        other !== member &&
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
function checkProvided(member: Member, running: RunningComponent): void {
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
