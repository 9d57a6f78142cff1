import type { Graph } from './graph.ts'

/**
 * The order of a start: each level needs only levels before it, and its entries can start together. An
 * entry stands in the earliest level that it can. The graph must have no cycle (see findCycle).
 */
export function levelsOf(graph: Graph): readonly (readonly string[])[] {
  const level = new Map<string, number>()
  const place = (name: string): number => {
    const known = level.get(name)
    if (known !== undefined) return known
    const own = Math.max(-1, ...(graph.get(name) ?? []).map(({ to }) => place(to))) + 1
    level.set(name, own)
    return own
  }
  const levels: string[][] = []
  for (const name of graph.keys()) (levels[place(name)] ??= []).push(name)
  return Array.from(levels, (each) => each ?? [])
}
