import type { AssemblyFacts } from '@moby/contracts'

const isThere: readonly string[] = ['ready', 'degraded']

/** Names of the drivers of a contract that the assembly has and that cannot be asked at the moment. */
export function driversAway(assembly: AssemblyFacts, contract: string): string[] {
  return assembly
    .members()
    .filter(({ status }) => !isThere.includes(status))
    .flatMap(({ provides }) => provides.flatMap((each) => (each.contract === contract ? (each.driver ?? []) : [])))
}
