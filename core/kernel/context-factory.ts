import {
  codedError,
  type AssemblyFacts,
  type ComponentContext,
  type ContractDefinition,
  type Instance,
} from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import { Container, injected } from './container.ts'
import { LiveDriverSet, type DriverSource } from './driver-set.ts'
import type { Handle } from './handle.ts'
import { openFolders } from './instance.ts'
import type { EngineLog } from './log.ts'
import { allOf, factsToken, instanceToken, logToken, oneOf } from './tokens.ts'

/** Makes what a component may hold: its folders, its log, and the contracts that it requires, no others. */
export class ContextFactory {
  readonly #instance: Instance
  readonly #facts: AssemblyFacts
  readonly #log: EngineLog

  constructor(instance: Instance, facts: AssemblyFacts, log: EngineLog) {
    this.#instance = instance
    this.#facts = facts
    this.#log = log
  }

  async make(member: Member, others: readonly Member[], parent: Container): Promise<ComponentContext> {
    const own = containerOf(member, others, parent)
    const log = this.#log.of(member.name)
    return {
      name: member.name,
      component: { name: member.locked.use, version: member.locked.version },
      config: member.config,
      instance: this.#instance,
      folders: await openFolders(this.#instance, member.name),
      assembly: this.#facts,
      log,
      signal: member.stopping.signal,
      one: (contract) => {
        if (!own.has(oneOf(contract.id))) throw notRequired(member, contract, `requires ${contract.id}`)
        return own.get(oneOf(contract.id)).as(contract)
      },
      maybe: (contract) => (own.has(oneOf(contract.id)) ? own.get(oneOf(contract.id)).as(contract) : undefined),
      many: (contract) => {
        if (!own.has(allOf(contract.id))) throw notRequired(member, contract, `requires ${contract.id} with many: true`)
        return new LiveDriverSet(contract, own.get(allOf(contract.id)))
      },
      offer: (contract, driver, implementation) => {
        const named = others.flatMap((other) => [...other.handles, ...other.offers.handles()])
        return member.offers.add(contract, driver, implementation, named)
      },
      degraded: (reason) => {
        if (member.status !== 'ready' && member.status !== 'degraded' && member.status !== 'starting') return
        if (reason !== undefined && reason !== member.reason) log.warn('works with restrictions', { reason })
        member.reason = reason
        if (member.status !== 'starting') member.status = reason === undefined ? 'ready' : 'degraded'
      },
    }
  }
}

injected(ContextFactory, instanceToken, factsToken, logToken)

/** A container of this component alone, with the handles of what its descriptor requires. */
function containerOf(member: Member, others: readonly Member[], parent: Container): Container {
  const own = parent.child()
  for (const { contract, many = false } of member.locked.requires) {
    const handles = others
      .filter((other) => other !== member)
      .flatMap((other) => other.handles)
      .filter((handle) => handle.contract === contract)
    if (many) own.register(allOf(contract), driverSource(contract, member, others))
    const [only] = handles.filter((handle: Handle) => !handle.isAway)
    if (!many && only !== undefined) own.register(oneOf(contract), only)
  }
  return own
}

/** The drivers of a contract as they are at each moment, those found at run time with them. */
function driverSource(contract: string, member: Member, others: readonly Member[]): DriverSource {
  const providers = others.filter(
    (other) => other !== member && other.provides.some((provided) => provided.contract === contract),
  )
  const finders = providers.filter(({ offers }) => offers.mayHave(contract))
  return {
    handles: () =>
      providers
        .flatMap(({ handles, offers }) => [...handles, ...offers.handles()])
        .filter((handle) => handle.contract === contract),
    discover: (name) => {
      for (const finder of finders) finder.running?.discover?.(contract, name)
    },
  }
}

function notRequired(member: Member, contract: ContractDefinition, words: string): Error {
  return codedError(
    'DRIVER_UNKNOWN',
    `${member.title} asks for ${contract.id}, which it does not require or nobody provides`,
    {
      hint: `its component.yaml must say that it ${words}`,
    },
  )
}
