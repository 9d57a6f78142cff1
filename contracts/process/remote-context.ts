import type { ContractDefinition, Implementation } from '../component/contract.ts'
import type { AssemblyMember, ComponentContext, DriverSet, Logger, NamedDriver } from '../component/define-component.ts'
import { componentKernel } from '../component/kernel.ts'
import type { ProcessContext } from '../component/process-context.ts'
import { codedError } from '../errors/index.ts'
import type { Peer } from '../wire/connect.ts'
import type { OfferedDrivers } from './offered-drivers.ts'

export interface RemoteContextParts {
  readonly told: ProcessContext
  /** The kernel, on the socket of what is required. */
  readonly kernel: Peer
  readonly log: Logger
  readonly signal: AbortSignal
  readonly offered: OfferedDrivers
  /** Called with what the component says of itself. */
  readonly onDegraded: (reason: string | undefined) => void
}

/** The context of a component in a process of its own: what it requires are proxies to the kernel's socket. */
export function makeRemoteContext(parts: RemoteContextParts): ComponentContext {
  const { told, kernel, log, signal, offered, onDegraded } = parts
  const required = new Map(told.requires.contracts.map((each) => [each.contract, each]))
  const single = <C extends ContractDefinition>(contract: C): Implementation<C> | undefined => {
    const found = required.get(contract.id)
    return found === undefined || found.drivers !== undefined ? undefined : kernel.contract(contract)
  }
  const self: AssemblyMember = {
    name: told.name,
    component: told.component.name,
    version: told.component.version,
    mode: 'process',
    provides: [],
    status: 'ready',
  }
  return {
    name: told.name,
    component: told.component,
    config: told.config,
    instance: told.instance,
    folders: told.folders,
    assembly: { ...told.assembly, members: () => [self], watch: () => () => undefined },
    log,
    signal,
    one: (contract) => {
      const found = single(contract)
      if (found === undefined) throw notRequired(told, contract, `requires ${contract.id}`)
      return found
    },
    maybe: single,
    many: (contract) => {
      const drivers = required.get(contract.id)?.drivers
      if (drivers === undefined) throw notRequired(told, contract, `requires ${contract.id} with many: true`)
      return remoteDrivers(contract, kernel, drivers)
    },
    offer: (contract, name, driver) => offered.add(contract, name, driver),
    degraded: (reason) => {
      onDegraded(reason)
      const request = reason === undefined ? {} : { reason }
      kernel
        .contract(componentKernel)
        .degraded(request)
        .catch((error: unknown) => log.debug('the kernel was not told of a restriction', { error: String(error) }))
    },
  }
}

/**
 * Every driver by name, also those that are away: their calls fail with DRIVER_AWAY. The kernel may find more at run
 * time, so a name that is not in the list is asked for too; its calls fail with DRIVER_UNKNOWN when nobody has it.
 */
function remoteDrivers<C extends ContractDefinition>(
  contract: C,
  kernel: Peer,
  names: readonly string[],
): DriverSet<C> {
  const drivers = new Map(
    names.map((name): [string, NamedDriver<C>] => [
      name,
      { name, component: name, handle: kernel.contract(contract, name) },
    ]),
  )
  return {
    has: (name) => drivers.has(name),
    list: () => [...drivers.values()],
    get: (name) => drivers.get(name)?.handle ?? kernel.contract(contract, name),
  }
}

function notRequired(told: ProcessContext, contract: ContractDefinition, words: string): Error {
  return codedError(
    'DRIVER_UNKNOWN',
    `${told.name} (${told.component.name} ${told.component.version}) asks for ${contract.id}, which it does not ` +
      'require or nobody provides',
    { hint: `its component.yaml must say that it ${words}` },
  )
}
