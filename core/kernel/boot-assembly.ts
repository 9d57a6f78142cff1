import type {
  AssemblyFacts,
  ComponentSource,
  ContractDefinition,
  Implementation,
  StopReason,
  TrustVerifier,
} from '@moby/contracts'
import { codedError, componentLauncher } from '@moby/contracts'
import type { WireLimits } from '@moby/contracts/wire'
import { buildGraph, type Graph } from '../graph/graph.ts'
import { levelsOf } from '../graph/levels.ts'
import { Lifecycle, type LifecycleOptions } from '../lifecycle/lifecycle.ts'
import { Member } from '../lifecycle/member.ts'
import { ModuleRunner } from '../lifecycle/module-runner.ts'
import { loadLock } from '../lock/lock-file.ts'
import { verifyLock, type VerifiedEntry } from '../lock/verify-lock.ts'
import { componentConfig } from '../manifest/component-config.ts'
import { freezeDeep } from '../manifest/fill-defaults.ts'
import { loadManifest, type ManifestFile } from '../manifest/load-manifest.ts'
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
import { applyHost, applyPluginDirs, type PluginDirs } from './host-option.ts'
import { openInstance } from './instance.ts'
import { openLog, type EngineLog } from './log.ts'
import { contextsToken, factsToken, instanceToken, logToken, runnersToken } from './tokens.ts'
import { watchMembers } from './watch-members.ts'

export interface BootOptions {
  readonly manifestPath: string
  readonly dataRoot: string
  readonly runRoot: string
  /** Where components are found; `moby` gives those of the registry. */
  readonly sources: readonly ComponentSource[]
  readonly trust?: TrustVerifier
  /** Replaces the hosts of the front-end: `unix:///path`. */
  readonly host?: string
  /** Replaces the folders in which plugins are looked for. */
  readonly pluginDirs?: PluginDirs | undefined
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
}

export interface RunningAssembly {
  readonly facts: AssemblyFacts
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
  const file = await loadManifest(options.manifestPath)
  const lock = await loadLock(file)
  const entries = await verifyLock({ file, lock, sources: options.sources, trust: options.trust })
  const members = makeMembers(file, entries, options)
  const instance = await openInstance(options.dataRoot, options.runRoot)
  const rootLock = lockDataRoot(instance.dataRoot)
  const log = options.log ?? openLog()
  const { assembly: name, version } = file.manifest
  const facts: AssemblyFacts = {
    name,
    version,
    members: () => members.map((member) => member.facts()),
    watch: watchMembers(members, log),
  }
  const container = new Container()
    .register(instanceToken, instance)
    .register(factsToken, facts)
    .register(logToken, log)
    .register(runnersToken, {
      module: new ModuleRunner(),
      process: new ProcessRunner(startProcess, options.wireLimits),
      container: new ProcessRunner(
        startContainer(() => findHandle(members, componentLauncher, undefined)),
        options.wireLimits,
      ),
    })
  container.register(contextsToken, container.make(ContextFactory))
  const lifecycle = container.make(Lifecycle)
  const graph = buildGraph(members.map((member) => ({ name: member.name, ...member.locked })))
  const levels = intoLevels(graph, members)
  const life: LifecycleOptions = { assembly: name, levels, container, onSettled: options.onSettled }
  const supervisor = new Supervisor({
    members,
    revive: (member) => lifecycle.revive(member, life),
    logOf: (member) => log.of(member.name),
    onTurn: () => {
      tellDependents(graph, levels)
      void lifecycle.takeUp(life)
    },
    limits: options.supervision,
  })
  try {
    await sweepProcesses(instance.runRoot, log.kernel)
    await lifecycle.start(life)
  } catch (error) {
    rootLock.release()
    log.flush()
    throw error
  }
  supervisor.begin()
  tellDependents(graph, levels)
  const control = await serveControl({ runRoot: instance.runRoot, facts, members, supervisor, log: log.kernel })
  let stopped: Promise<readonly Error[]> | undefined
  const stop = async (reason: StopReason) => {
    try {
      await supervisor.close()
      return await lifecycle.stop(levels, reason)
    } finally {
      await control.close()
      rootLock.release()
      log.flush()
    }
  }
  return {
    facts,
    handle: (contract, driver) => findHandle(members, contract, driver),
    stop: (reason) => (stopped ??= stop(reason)),
  }
}

function makeMembers(file: ManifestFile, entries: readonly VerifiedEntry[], options: BootOptions): Member[] {
  const wanted = entries.filter(({ locked }) => options.frontEnds !== false || locked.provides.length > 0)
  const configured = wanted.map(({ name, candidate: { descriptor } }) => ({
    name,
    schema: descriptor.config ?? {},
    config: componentConfig(file, name, descriptor),
  }))
  if (options.host !== undefined) applyHost(options.host, configured)
  if (options.pluginDirs !== undefined) applyPluginDirs(options.pluginDirs, configured)
  return wanted.map(({ name, locked, candidate, payload }, index) => {
    const { descriptor } = candidate
    const required = file.manifest.components[name]?.required ?? true
    const config = freezeDeep(configured[index]?.config ?? {})
    return new Member({ name, required, locked, descriptor, folder: payload.folder, config })
  })
}

function intoLevels(graph: Graph, members: readonly Member[]): readonly (readonly Member[])[] {
  const byName = new Map(members.map((member) => [member.name, member]))
  return levelsOf(graph).map((level) => level.flatMap((name) => byName.get(name) ?? []))
}

function findHandle<C extends ContractDefinition>(
  members: readonly Member[],
  contract: C,
  driver: string | undefined,
): Implementation<C> {
  const handles = members.flatMap((member) => member.handles).filter((each) => each.contract === contract.id)
  const found = handles.find((each) => each.driver === driver)
  if (found !== undefined) return found.as(contract)
  throw codedError(
    'DRIVER_UNKNOWN',
    `The assembly has no ${contract.id}${driver === undefined ? '' : ` named ${driver}`}`,
  )
}
