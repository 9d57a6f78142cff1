import type { Edge, Graph } from '../graph/graph.ts'
import type { Member } from '../lifecycle/member.ts'

/**
 * Tells every component that runs which of those that it needs are away or have failed, and passes it on along the
 * graph. `levels` has providers before their users, so one pass suffices.
 */
export function tellDependents(graph: Graph, levels: readonly (readonly Member[])[]): void {
  const members = new Map(levels.flat().map((member) => [member.name, member]))
  for (const member of levels.flat()) {
    if (member.phase !== 'up') continue
    const reasons = (graph.get(member.name) ?? []).flatMap((edge) => reasonFor(edge, members.get(edge.to)))
    member.restrict('needs', reasons.length === 0 ? undefined : [...new Set(reasons)].join('; '))
  }
}

function reasonFor({ contract }: Edge, provider: Member | undefined): string[] {
  if (provider === undefined) return []
  if (provider.phase === 'away' || provider.phase === 'failed') {
    const driver = provider.provides.find((each) => each.contract === contract)?.driver
    return [`${provider.name} (${contract}${driver === undefined ? '' : ` ${driver}`}) is away`]
  }
  const needs = provider.restriction('needs')
  return needs === undefined ? [] : [`${provider.name} works with restrictions: ${needs}`]
}
