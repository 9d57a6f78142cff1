import type { Graph } from './graph.ts'

/**
 * The entries of one circle of needs, the first repeated at the end: a, b, a. Undefined when there is
 * none. The circle begins at its entry that comes first in the graph.
 */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string): readonly string[] | undefined => {
    const seen = path.indexOf(name)
    if (seen !== -1) return path.slice(seen)
    if (done.has(name)) return undefined
    path.push(name)
    for (const { to } of graph.get(name) ?? []) {
      const cycle = visit(to)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    done.add(name)
    return undefined
  }
  for (const name of graph.keys()) {
    const cycle = visit(name)
    if (cycle !== undefined) return fromFirst(cycle, [...graph.keys()])
  }
  return undefined
}

function fromFirst(cycle: readonly string[], order: readonly string[]): readonly string[] {
  const first = order.find((name) => cycle.includes(name)) ?? ''
  const at = cycle.indexOf(first)
  return [...cycle.slice(at), ...cycle.slice(0, at), first]
}
