import { contractCatalog, type Descriptor, type Provision, type Requirement } from '@moby/contracts'

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

/** The name `driver` of the manifest replaces the component's own; without either the entry's name serves. */
export function choiceOf(entry: string, descriptor: Descriptor, driver: string | undefined): Choice {
  return {
    entry,
    component: descriptor.name,
    version: descriptor.version,
    provides: descriptor.provides.map((provision) => provided(provision, driver ?? provision.driver ?? entry)),
    requires: descriptor.requires ?? [],
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
