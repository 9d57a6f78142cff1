import {
  codedError,
  type AssemblyFacts,
  type ComponentContext,
  type ContractDefinition,
  type Instance,
} from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import { Container, injected } from './container.ts'
import { LiveDriverSet } from './driver-set.ts'
import { openFolders } from './instance.ts'
import type { EngineLog } from './log.ts'
import type { Requirement } from './requirements.ts'
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

  /** For one life of a component, with the handles of what its descriptor requires. */
  async make(
    member: Member,
    requirements: readonly Requirement[],
    { others, parent }: { readonly others: () => readonly Member[]; readonly parent: Container },
  ): Promise<ComponentContext> {
    const own = containerOf(requirements, parent)
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
        const named = others().flatMap((other) => [...other.handles, ...other.offers.handles()])
        return member.offers.add(contract, driver, implementation, named)
      },
      degraded: (reason) => {
        if (member.phase === 'failed' || member.phase === 'stopped') return
        if (reason !== undefined && reason !== member.restriction('own')) {
          log.warn('works with restrictions', { reason })
        }
        member.restrict('own', reason)
      },
    }
  }
}

injected(ContextFactory, instanceToken, factsToken, logToken)

/** A container of this component alone. */
function containerOf(requirements: readonly Requirement[], parent: Container): Container {
  const own = parent.child()
  for (const { contract, many, provider, source } of requirements) {
    if (many) own.register(allOf(contract), source)
    if (provider !== undefined) own.register(oneOf(contract), provider)
  }
  return own
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
