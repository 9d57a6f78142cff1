import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  codedError,
  componentDiscovery,
  componentLifecycle,
  hasCode,
  processProtocol,
  type ContractDefinition,
  type Health,
  type Implementation,
  type ProcessContext,
  type StopReason,
} from '@moby/contracts'
import {
  agree,
  connectPeer,
  isCompatible,
  logFailures,
  type Handshake,
  type Peer,
  type WireLimits,
  type WireServer,
} from '@moby/contracts/wire'
import { withDeadline } from '../lifecycle/deadline.ts'
import type { Member } from '../lifecycle/member.ts'
import type { Runner, Running, Surroundings } from '../lifecycle/runner.ts'
import { LifeFolders } from './life-folders.ts'
import { removeRunFiles } from './process-record.ts'
import { remoteDriver } from './remote-driver.ts'
import { RemoteOffers } from './remote-offers.ts'
import { knownContract, serveRequirements } from './requirement-server.ts'
import { checkSocketPaths, filesOf, type RunFiles } from './run-files.ts'
import type { ProcessStarter, StartedProcess } from './started-process.ts'

/** Milliseconds between attempts to reach a process that starts. */
const askEveryMs = 15

/** Milliseconds until a handshake or a question for health counts as unanswered. */
const answerMs = 2_000

/** Milliseconds between SIGTERM and SIGKILL, at most half of the stop deadline. */
const graceMs = 2_000

/** Runs each component in a process of its own, behind a Unix socket in its run folder, wherever the process is. */
export class ProcessRunner implements Runner {
  readonly #start: ProcessStarter
  readonly #limits: Partial<WireLimits> | undefined
  readonly #folders = new LifeFolders()

  constructor(start: ProcessStarter, limits?: Partial<WireLimits>) {
    this.#start = start
    this.#limits = limits
  }

  prepare(): void {}

  async create(member: Member, surroundings: Surroundings): Promise<Running> {
    const folder = this.#folders.take(surroundings.context.folders.run)
    const leave = () => {
      removeRunFiles(folder)
      this.#folders.release(folder)
    }
    try {
      return await this.#create(member, surroundings, { folder, leave })
    } catch (error) {
      leave()
      throw error
    }
  }

  async #create(member: Member, surroundings: Surroundings, { folder, leave }: LifeFolder): Promise<Running> {
    const { context, requirements } = surroundings
    const files = filesOf(folder)
    checkSocketPaths(files, member.title)
    const contracts = member.provides
      .filter(({ dynamic }) => dynamic !== true)
      .map(({ contract }) => knownContract(contract))
    removeRunFiles(folder)
    // Nothing is opened before the first call.
    const onFailure = logFailures(context.log, 'caller')
    const peer = connectPeer({ socketPath: files.listen, limits: this.#limits, onFailure })
    const driverOf = (contract: ContractDefinition, driver?: string) =>
      remoteDriver(peer, contract, member.title, driver)
    const server = await serveRequirements({
      socketPath: files.requires,
      requirements,
      degraded: (reason) => context.degraded(reason),
      offers: new RemoteOffers({ offer: (...offered) => context.offer(...offered), driverOf }),
      log: context.log,
    })
    let launched: StartedProcess | undefined
    // An engine that stops does not wait for a start that it does not want any more.
    let isServing = false
    try {
      const told = JSON.stringify(contextFor(member, surroundings, files))
      await writeFile(files.context, told, { mode: 0o600, flag: 'wx' })
      launched = await this.#start({ member, surroundings, files })
      const child = launched
      context.signal.addEventListener('abort', () => void (isServing || child.kill()), { once: true })
      if (context.signal.aborted) void launched.kill()
      const handshake = await firstHandshake(member, launched, peer, surroundings.startDeadlineMs)
      agree(handshake, { component: member.locked.use, version: member.locked.version, contracts: member.provides })
      isServing = true
      return new RunningProcess({
        member,
        surroundings,
        handshake,
        peer,
        server,
        process: launched,
        leave,
        provides: Object.fromEntries(contracts.map((contract) => [contract.id, driverOf(contract)])),
      })
    } catch (error) {
      peer.close()
      await launched?.kill()
      await server.close(0)
      throw error
    }
  }
}

/** The folder of one life. */
interface LifeFolder {
  readonly folder: string
  /** Removes what the kernel has put there, and gives it to the next life. */
  readonly leave: () => void
}

interface RunningParts {
  readonly member: Member
  readonly surroundings: Surroundings
  readonly handshake: Handshake
  readonly peer: Peer
  readonly server: WireServer
  readonly process: StartedProcess
  readonly leave: () => void
  readonly provides: Readonly<Record<string, unknown>>
}

/** A component in a process of its own that has answered. */
class RunningProcess implements Running {
  readonly provides: Readonly<Record<string, unknown>>
  readonly start?: () => Promise<void>
  readonly seek?: (contract: string, name: string) => Promise<void>
  readonly lost: Promise<Error>
  readonly #parts: RunningParts
  readonly #lifecycle: Implementation<typeof componentLifecycle> | undefined
  readonly #gone: Promise<void>
  #reason: Error | undefined
  #stopping = false

  constructor(parts: RunningParts) {
    this.#parts = parts
    this.provides = parts.provides
    const has = parts.handshake.contracts.some(
      ({ contract, version }) =>
        contract === componentLifecycle.id && isCompatible(version, componentLifecycle.version),
    )
    this.#lifecycle = has ? parts.peer.contract(componentLifecycle) : undefined
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.lost = promise
    this.#gone = this.#follow(resolve)
    if (this.#lifecycle !== undefined) this.start = () => this.#start()
    const finds = parts.member.provides.some(({ dynamic }) => dynamic === true)
    if (finds) this.seek = (contract, name) => this.#seek(contract, name)
  }

  async health(): Promise<Health> {
    if (this.#lifecycle !== undefined) return await this.#lifecycle.health({})
    await this.#parts.peer.handshake(answerMs)
    return { status: 'ready' }
  }

  async kill(reason: Error): Promise<void> {
    this.#reason = reason
    await this.#parts.process.kill()
    await this.#gone
  }

  /** Asks, then SIGTERM, then SIGKILL for its group, within the stop deadline altogether. */
  async stop(reason: StopReason): Promise<void> {
    this.#stopping = true
    const { process: child, member, surroundings } = this.#parts
    const grace = Math.min(graceMs, surroundings.stopDeadlineMs / 2)
    let failure: unknown
    if (this.#lifecycle !== undefined && !child.hasEnded) {
      const asked = this.#lifecycle.stop({ reason })
      await withDeadline(asked, surroundings.stopDeadlineMs - grace, `The stop of ${member.title}`).catch(
        (error: unknown) => (failure = error),
      )
    }
    child.signal('SIGTERM')
    if (!(await endsWithin(child, grace))) {
      failure ??= codedError(
        'COMPONENT_DEADLINE',
        `${member.title} did not end within ${grace} ms of SIGTERM and was killed`,
      )
      await child.kill()
    }
    await this.#gone
    if (failure !== undefined) throw failure
  }

  /** What belongs to this life of the process goes with it, before anybody learns that it ended. */
  async #follow(tell: (reason: Error) => void): Promise<void> {
    const { process: child, peer, server, leave } = this.#parts
    const end = await child.ended
    peer.close()
    await server.close(0)
    leave()
    if (!this.#stopping) tell(this.#reason ?? end)
  }

  async #seek(contract: string, driver: string): Promise<void> {
    await this.#parts.peer.contract(componentDiscovery).discover({ contract, driver })
  }

  async #start(): Promise<void> {
    await this.#lifecycle?.start({}, { signal: this.#parts.surroundings.context.signal })
  }
}

/** Asks again and again until the process answers; its own end or the deadline comes before. */
async function firstHandshake(
  member: Member,
  launched: StartedProcess,
  peer: Peer,
  deadlineMs: number,
): Promise<Handshake> {
  const until = performance.now() + deadlineMs
  for (;;) {
    const left = until - performance.now()
    if (launched.hasEnded) throw await launched.ended
    if (left <= 0) break
    try {
      return await peer.handshake(Math.max(1, Math.min(answerMs, left)))
    } catch (error) {
      if (!hasCode(error, 'WIRE_PEER_UNREACHABLE', 'WIRE_DEADLINE')) throw error
    }
    await Promise.race([sleep(askEveryMs), launched.ended])
  }
  await launched.kill()
  const { details } = await launched.ended
  const lines = details?.['lines']
  const last = Array.isArray(lines) && lines.length > 0 ? `; its last line: ${String(lines.at(-1))}` : ''
  throw codedError('COMPONENT_DEADLINE', `${member.title} did not serve within ${deadlineMs} ms${last}`, {
    hint: 'it must answer POST /Plugin.Activate on the socket that its context names in `listen`',
    details: { lines },
  })
}

async function endsWithin(child: StartedProcess, milliseconds: number): Promise<boolean> {
  const late = new AbortController()
  const timer = sleep(milliseconds, false, { signal: late.signal }).catch(() => false)
  const ended = await Promise.race([child.ended.then(() => true), timer])
  late.abort()
  return ended
}

function contextFor(member: Member, { context, requirements }: Surroundings, files: RunFiles): ProcessContext {
  const { name, version } = context.assembly
  const offers = member.provides.filter(({ dynamic }) => dynamic === true).map(({ contract }) => contract)
  return {
    protocol: processProtocol,
    name: context.name,
    component: context.component,
    assembly: { name, version },
    instance: context.instance,
    folders: context.folders,
    config: { ...member.config },
    listen: files.listen,
    ...(offers.length === 0 ? {} : { offers }),
    requires: {
      socket: files.requires,
      contracts: requirements.flatMap(({ contract, many, provider, source }) => {
        if (!many && provider === undefined) return []
        const { version: served } = knownContract(contract)
        if (!many) return [{ contract, version: served }]
        return [{ contract, version: served, drivers: source.handles().flatMap(({ driver }) => driver ?? []) }]
      }),
    },
  }
}
