import type { Provision, Requirement } from '@moby/contracts'

/** What the graph knows of an entry. */
export interface GraphNode {
  readonly name: string
  readonly provides: readonly Provision[]
  readonly requires: readonly Requirement[]
}

/** Someone needs a contract, and someone else provides it. */
export interface Edge {
  readonly to: string
  readonly contract: string
}

/** Who needs whom in an assembly, by contract: entries in the order of the manifest, with their providers. */
export type Graph = ReadonlyMap<string, readonly Edge[]>

/** Draws an edge from each entry to every other one that provides a contract it requires. */
export function buildGraph(nodes: readonly GraphNode[]): Graph {
  const offers = nodes.flatMap(({ name, provides }) => provides.map(({ contract }) => ({ name, contract })))
  const providers = Map.groupBy(offers, ({ contract }) => contract)
  return new Map(
    nodes.map(({ name, requires }) => [
      name,
      requires.flatMap(({ contract }) =>
        (providers.get(contract) ?? [])
          .filter((each) => each.name !== name)
          .map((each) => ({ to: each.name, contract })),
      ),
    ]),
  )
}
