import { chmodSync, rmSync } from 'node:fs'
import {
  codedError,
  componentKernel,
  contractCatalog,
  implement,
  type ContractDefinition,
  type Logger,
} from '@moby/contracts'
import { logFailures, serveContracts, type ServedContract, type WireServer } from '@moby/contracts/wire'
import { LiveDriverSet } from '../kernel/driver-set.ts'
import type { Requirement } from '../kernel/requirements.ts'
import type { RemoteOffers } from './remote-offers.ts'

export interface RequirementServerParts {
  readonly socketPath: string
  readonly requirements: readonly Requirement[]
  readonly degraded: (reason: string | undefined) => void
  /** Takes the drivers that the component offers. */
  readonly offers: RemoteOffers
  readonly log: Logger
}

/** The definition of a contract that goes over the wire. Fails with NOT_SUPPORTED. */
export function knownContract(id: string): ContractDefinition {
  const contract = contractCatalog.get(id)
  if (contract !== undefined) return contract
  throw codedError('NOT_SUPPORTED', `This version of the kernel does not know the contract ${id}`, {
    hint: 'a component with that contract can run in mode module only',
  })
}

/**
 * Serves to one component in a process of its own what it requires, and the kernel itself. Handles stand behind it, so
 * a driver that is away answers DRIVER_AWAY here too.
 */
export async function serveRequirements(parts: RequirementServerParts): Promise<WireServer> {
  const { socketPath, requirements, degraded, offers, log } = parts
  const kernel = implement(componentKernel, {
    degraded: async ({ reason }) => {
      degraded(reason)
      return {}
    },
    offer: async (offered) => {
      offers.add(offered)
      return {}
    },
    withdraw: async (withdrawn) => {
      offers.withdraw(withdrawn)
      return {}
    },
  })
  const server = serveContracts({
    component: 'moby/kernel',
    version: componentKernel.version,
    implementations: [{ contract: componentKernel, implementation: kernel }, ...requirements.flatMap(servedOf)],
    onDefect: (error, subject) =>
      log.error('a call of the component failed by a defect', { subject, stack: (error as Error | undefined)?.stack }),
    onFailure: logFailures(log, 'server'),
  })
  rmSync(socketPath, { force: true })
  await server.listen(socketPath)
  chmodSync(socketPath, 0o600)
  return server
}

function servedOf({ contract, many, provider, source }: Requirement): ServedContract[] {
  const definition = knownContract(contract)
  if (!many) return provider === undefined ? [] : [{ contract: definition, implementation: provider.as(definition) }]
  const drivers = new LiveDriverSet(definition, source)
  const find = (name: string) => drivers.get(name)
  // With no driver at all, the contract is served too: one may be found at run time.
  return [{ contract: definition, implementation: {}, driver: '', find }]
}
