import { resolve } from 'node:path'
import type {
  AssemblyFacts,
  ContractDefinition,
  Implementation,
  RunMode,
  StopReason,
  TrustVerifier,
} from '@moby/contracts'
import { codedError, componentLauncher } from '@moby/contracts'
import type { WireLimits } from '@moby/contracts/wire'
import { AssemblyChanges } from '../change/assembly-changes.ts'
import { changeLimits, type ChangeLimits } from '../change/change-limits.ts'
import { collectPayloads } from '../change/collect-payloads.ts'
import { GenerationStore } from '../change/generation-store.ts'
import { LoadedModules } from '../change/loaded-modules.ts'
import { readyForLife } from '../change/ready-for-life.ts'
import { remindOthers } from '../change/remind-others.ts'
import { retiredMembers } from '../change/retired-entries.ts'
import { startRecord } from '../change/start-record.ts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import { Lifecycle, type LifecycleOptions, type Remind } from '../lifecycle/lifecycle.ts'
import { Member } from '../lifecycle/member.ts'
import { ModuleRunner } from '../lifecycle/module-runner.ts'
import type { Runner } from '../lifecycle/runner.ts'
import { KeptPayloads } from '../payloads/kept-payloads.ts'
import { PayloadKeeper } from '../payloads/payload-keeper.ts'
import { sweepProcesses } from '../process/process-record.ts'
import { ProcessRunner } from '../process/process-runner.ts'
import { startContainer } from '../process/start-container.ts'
import { startProcess } from '../process/start-process.ts'
import type { SupervisionLimits } from '../supervise/policy.ts'
import { Supervisor } from '../supervise/supervisor.ts'
import { tellDependents } from '../supervise/tell-dependents.ts'
import { Container } from './container.ts'
import { ContextFactory } from './context-factory.ts'
import { serveControl } from './control-server.ts'
import { lockDataRoot } from './data-root-lock.ts'
import { CurrentGeneration, makeGeneration, type Generation } from './generation.ts'
import type { PluginDirs } from './host-option.ts'
import { openInstance } from './instance.ts'
import { openLog, type EngineLog } from './log.ts'
import { readAssembly, sourcesOf, type Sources } from './read-assembly.ts'
import { contextsToken, factsToken, instanceToken, logToken, runnersToken } from './tokens.ts'
import { MemberWatch } from './watch-members.ts'

export interface BootOptions {
  readonly manifestPath: string
  readonly dataRoot: string
  readonly runRoot: string
  /** Where components are found; `moby` gives those of the registry. */
  readonly sources: Sources
  readonly trust?: TrustVerifier
  /** Replace the hosts of the front-end: `unix:///path`. */
  readonly hosts?: readonly string[] | undefined
  /** A `daemon.json` that is laid over the manifest, now and at each change. */
  readonly daemonFile?: string | undefined
  /** Called after each change that did not fail, with the `daemon.json` as it is then. */
  readonly onChanged?: (generation: Generation) => void
  /** Replaces the folders in which plugins are looked for. */
  readonly pluginDirs?: PluginDirs | undefined
  /** Replaces the address on which metrics are served. */
  readonly metricsAddress?: string | undefined
  /** Absent: standard error. */
  readonly log?: EngineLog
  /** False leaves out components that provide nothing to others, as when an engine is only to clean up. */
  readonly frontEnds?: boolean
  /** Called when a component is ready, and when it failed. */
  readonly onSettled?: (member: Member) => void
  /** When components that end are started again; absent: as docs/reference/process-components.md tells. */
  readonly supervision?: SupervisionLimits
  /** What components in processes of their own may ask of this one; absent: what contracts and the wire say. */
  readonly wireLimits?: Partial<WireLimits>
  /** How long a change waits for what is under way; absent: as docs/how-to/change-a-running-assembly.md tells. */
  readonly change?: ChangeLimits
  /** Other ways to run components than those of this kernel. */
  readonly runners?: Partial<Record<RunMode, Runner>>
}

export interface RunningAssembly {
  readonly facts: AssemblyFacts
  readonly changes: AssemblyChanges
  /** What runs at the moment of the question. */
  readonly generation: Generation
  /** Number of the generation that was applied last on the data root when another one was started; else undefined. */
  readonly differsFrom: number | undefined
  /** The provider of a contract that an assembly has once; for drivers, of that name. */
  handle<C extends ContractDefinition>(contract: C, driver?: string): Implementation<C>
  /** Stops all and gives the data root free; answers what went wrong. A second call waits for the first. */
  stop(reason: StopReason): Promise<readonly Error[]>
}

/**
 * Reads a manifest and its lock, verifies the files of every component, takes the data root and brings
 * the components up. Throws coded errors; nothing is left running when it throws.
 */
export async function bootAssembly(options: BootOptions): Promise<RunningAssembly> {
  const { payloads, ...wanted } = await readAssembly(options.manifestPath, options)
  const instance = await openInstance(options.dataRoot, options.runRoot)
  const rootLock = lockDataRoot(instance.dataRoot)
  const log = options.log ?? openLog()
  const limits = options.change ?? changeLimits
  let keeper: PayloadKeeper | undefined
  try {
    const store = new GenerationStore(instance.dataRoot)
    const kept = new KeptPayloads(instance.dataRoot)
    keeper = new PayloadKeeper({ kept, log: log.kernel, laterMs: limits.keepAfterMs })
    const last = store.last()
    const record = startRecord(wanted, last)
    const retired = await retiredMembers(record.retired, wanted.entries, { ...options, kept, log: log.kernel })
    const current = new CurrentGeneration(
      makeGeneration({
        number: record.number,
        startedWith: resolve(options.manifestPath),
        ...wanted,
        members: [...wanted.entries.map((facts) => new Member(facts)), ...retired],
      }),
    )
    const watch = new MemberWatch(log)
    watch.follow(current.value.members)
    const facts: AssemblyFacts = {
      get name() {
        return current.value.manifest.manifest.assembly
      },
      get version() {
        return current.value.manifest.manifest.version
      },
      members: () => current.value.members.map((member) => member.tell()),
      watch: watch.watch,
    }
    const container = new Container()
      .register(instanceToken, instance)
      .register(factsToken, facts)
      .register(logToken, log)
      .register(runnersToken, {
        module: new ModuleRunner(),
        process: new ProcessRunner(startProcess, options.wireLimits),
        container: new ProcessRunner(
          startContainer(() => findHandle(current, componentLauncher, undefined)),
          options.wireLimits,
        ),
        ...options.runners,
      })
    container.register(contextsToken, container.make(ContextFactory))
    const lifecycle = container.make(Lifecycle)
    const life: LifecycleOptions = {
      assembly: facts.name,
      get levels() {
        return current.value.levels
      },
      container,
      onSettled: options.onSettled,
    }
    const remind = remindOthers(current)
    const files = {
      kept,
      sourcesOf: ({ name, isRetired }: Member) => {
        const removed = isRetired ? store.last()?.retired.find((each) => each.name === name) : undefined
        return sourcesOf(options.sources, removed?.file ?? current.value.manifest.file)
      },
    }
    const revive = async (member: Member, others?: Remind) => {
      await readyForLife(member, files)
      await lifecycle.revive(member, life, others)
    }
    const onTurn = () => {
      tellDependents(current.value.graph, current.value.levels)
      void lifecycle.takeUp(life)
    }
    const supervisor = new Supervisor({
      revive: async (member) => await revive(member),
      logOf: (member) => log.of(member.name),
      onTurn,
      limits: options.supervision,
    })
    await sweepProcesses(instance.runRoot, log.kernel)
    const loaded = new LoadedModules()
    loaded.note(payloads)
    const tidy = async () => await collectPayloads({ kept, store, current, log: log.kernel })
    await Promise.all([lifecycle.start(life), options.frontEnds === false ? undefined : keeper.begin(payloads, tidy)])
    if (options.frontEnds !== false && record !== last) {
      // What runs is more than a note of it; a change that cannot be noted is refused.
      await store.write(record).catch((error: unknown) => log.kernel.error(reasonOf(error)))
    }
    supervisor.watch(current.value.members)
    tellDependents(current.value.graph, current.value.levels)
    const changes = new AssemblyChanges({
      lifecycle,
      supervisor,
      container,
      current,
      log: log.kernel,
      limits,
      remind,
      revive: async (member) => await revive(member, remind),
      read: options,
      store,
      kept,
      keeper,
      loaded,
      onSwitch: (joined, left) => {
        watch.leave(left)
        watch.follow(joined)
      },
      onChanged: () => options.onChanged?.(current.value),
      onSettled: () => {
        supervisor.watch(current.value.members)
        onTurn()
      },
    })
    const control = await serveControl({ runRoot: instance.runRoot, current, supervisor, changes, log: log.kernel })
    let stopped: Promise<readonly Error[]> | undefined
    const stop = async (reason: StopReason) => {
      try {
        await changes.close()
        await supervisor.close()
        return await lifecycle.stop(current.value.levels, reason)
      } finally {
        await control.close()
        rootLock.release()
        log.flush()
      }
    }
    return {
      facts,
      changes,
      get generation() {
        return current.value
      },
      differsFrom: last === undefined || record === last ? undefined : last.number,
      handle: (contract, driver) => findHandle(current, contract, driver),
      stop: (reason) => (stopped ??= stop(reason)),
    }
  } catch (error) {
    await keeper?.close()
    rootLock.release()
    log.flush()
    throw error
  }
}

function findHandle<C extends ContractDefinition>(
  current: CurrentGeneration,
  contract: C,
  driver: string | undefined,
): Implementation<C> {
  const handles = current.value.members.flatMap((member) => member.handles)
  const found = handles.find((each) => each.contract === contract.id && each.driver === driver)
  if (found !== undefined) return found.as(contract)
  throw codedError(
    'DRIVER_UNKNOWN',
    `The assembly has no ${contract.id}${driver === undefined ? '' : ` named ${driver}`}`,
  )
}
