import type {
  AssemblyFacts,
  ComponentSource,
  ContractDefinition,
  Implementation,
  StopReason,
  TrustVerifier,
} from '@moby/contracts'
import { codedError } from '@moby/contracts'
import { buildGraph } from '../graph/graph.ts'
import { levelsOf } from '../graph/levels.ts'
import { Lifecycle } from '../lifecycle/lifecycle.ts'
import { Member } from '../lifecycle/member.ts'
import { loadLock } from '../lock/lock-file.ts'
import { verifyLock, type VerifiedEntry } from '../lock/verify-lock.ts'
import { componentConfig } from '../manifest/component-config.ts'
import { freezeDeep } from '../manifest/fill-defaults.ts'
import { loadManifest, type ManifestFile } from '../manifest/load-manifest.ts'
import { Container } from './container.ts'
import { ContextFactory } from './context-factory.ts'
import { lockDataRoot } from './data-root-lock.ts'
import { applyHost } from './host-option.ts'
import { openInstance } from './instance.ts'
import { openLog, type EngineLog } from './log.ts'
import { contextsToken, factsToken, instanceToken, logToken } from './tokens.ts'

export interface BootOptions {
  readonly manifestPath: string
  readonly dataRoot: string
  readonly runRoot: string
  /** Where components are found; `moby` gives those of the registry. */
  readonly sources: readonly ComponentSource[]
  readonly trust?: TrustVerifier
  /** Replaces the hosts of the front-end: `unix:///path`. */
  readonly host?: string
  /** Absent: standard error. */
  readonly log?: EngineLog
  /** False leaves out components that provide nothing to others, as when an engine is only to clean up. */
  readonly frontEnds?: boolean
  /** Called when a component is ready, and when it failed. */
  readonly onSettled?: (member: Member) => void
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
  const facts: AssemblyFacts = { name, version, members: () => members.map((member) => member.facts()) }
  const container = new Container()
    .register(instanceToken, instance)
    .register(factsToken, facts)
    .register(logToken, log)
  container.register(contextsToken, container.make(ContextFactory))
  const lifecycle = container.make(Lifecycle)
  const levels = intoLevels(members)
  try {
    await lifecycle.start({ assembly: name, levels, container, onSettled: options.onSettled })
  } catch (error) {
    rootLock.release()
    log.flush()
    throw error
  }
  let stopped: Promise<readonly Error[]> | undefined
  const stop = async (reason: StopReason) => {
    try {
      return await lifecycle.stop(levels, reason)
    } finally {
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
  return wanted.map(({ name, locked, candidate, payload }, index) => {
    const { descriptor } = candidate
    const required = file.manifest.components[name]?.required ?? true
    const config = freezeDeep(configured[index]?.config ?? {})
    return new Member({ name, required, locked, descriptor, folder: payload.folder, config })
  })
}

function intoLevels(members: readonly Member[]): readonly (readonly Member[])[] {
  const graph = buildGraph(members.map(({ name, locked }) => ({ name, ...locked })))
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
