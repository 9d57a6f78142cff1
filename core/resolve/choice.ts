import {
  componentLauncher,
  contractCatalog,
  type Descriptor,
  type Provision,
  type Requirement,
  type RunMode,
} from '@moby/contracts'

/** One version of a component as an entry of an assembly: what the solver chooses among. */
export interface Choice {
  /** Name of the entry in the manifest. */
  readonly entry: string
  readonly component: string
  readonly version: string
  /** Under the driver names that they have in the assembly. */
  readonly provides: readonly Provision[]
  readonly requires: readonly Requirement[]
}

/** An entry with the versions that its range allows, best first. */
export interface Variable {
  readonly entry: string
  readonly choices: readonly Choice[]
}

/** What an entry needs because it runs in a container. It is not the component's to use. */
export const launcherNeed: Requirement = { contract: componentLauncher.id, range: `^${componentLauncher.version}` }

/** What the manifest says of an entry. */
interface Written {
  readonly driver?: string | undefined
  readonly mode?: RunMode | undefined
}

/**
 * The name `driver` of the manifest replaces the component's own; without either the entry's name serves. In a
 * container it needs the launcher of the assembly, too.
 */
export function choiceOf(entry: string, descriptor: Descriptor, { driver, mode }: Written = {}): Choice {
  // One that cannot run in a container is told so, not that a launcher is missing.
  const isContained = mode === 'container' && descriptor.modes.includes(mode)
  return {
    entry,
    component: descriptor.name,
    version: descriptor.version,
    provides: descriptor.provides.map((provision) => provided(provision, driver ?? provision.driver ?? entry)),
    requires: [...(descriptor.requires ?? []), ...(isContained ? [launcherNeed] : [])],
  }
}

function provided({ contract, version, driver: own, dynamic = false }: Provision, driver: string): Provision {
  if (dynamic) return { contract, version, dynamic }
  return isSelectedByName(contract, own) ? { contract, version, driver } : { contract, version }
}

/** A contract that is not of this project is selected by name when its provider gives it a driver name. */
function isSelectedByName(contract: string, driver: string | undefined): boolean {
  const known = contractCatalog.get(contract)
  return known === undefined ? driver !== undefined : known.selection === 'driver'
}
