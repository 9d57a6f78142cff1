import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCycle } from './cycle.ts'
import { buildGraph, type Graph } from './graph.ts'
import { levelsOf } from './levels.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

/** Any graph over the names, given by pairs of positions. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14, selector: String })
  .map((pairs) => graphOf(pairs.filter(([from, to]) => from !== to)))

/** Graphs that point only backwards in some order, so that they have no circle. */
const acyclic: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }),
    fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14, selector: String }),
  )
  .map(([order, pairs]) => graphOf(pairs.filter(([from, to]) => order.indexOf(from) > order.indexOf(to))))

function graphOf(pairs: readonly (readonly [number, number])[]): Graph {
  return new Map(
    names.map((name, index) => [
      name,
      pairs.filter(([from]) => from === index).map(([, to]) => ({ to: names[to] ?? '', contract: 'x' })),
    ]),
  )
}

/** Reaches `goal` from `start` by at least one edge. */
function reaches(graph: Graph, start: string, goal: string): boolean {
  const open = [start]
  const seen = new Set<string>()
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { to } of graph.get(name) ?? []) {
      if (to === goal) return true
      if (!seen.has(to)) open.push(to)
      seen.add(to)
    }
  }
  return false
}

describe('the graph of an assembly', () => {
  it('has an edge for each provider of each required contract, but none to itself', () => {
    const graph = buildGraph([
      { name: 'engine', provides: [], requires: [{ contract: 'volume', range: '*', many: true }] },
      { name: 'local', provides: [{ contract: 'volume', version: '1.0.0' }], requires: [] },
      {
        name: 'cached',
        provides: [{ contract: 'volume', version: '1.0.0' }],
        requires: [{ contract: 'volume', range: '*' }],
      },
    ])
    expect(graph.get('engine')).toEqual([
      { to: 'local', contract: 'volume' },
      { to: 'cached', contract: 'volume' },
    ])
    expect(graph.get('cached')).toEqual([{ to: 'local', contract: 'volume' }])
  })

  it('puts every entry in exactly one level, one after the last of what it needs', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const levels = levelsOf(graph)
        expect(levels.flat().toSorted()).toEqual(names)
        const levelOf = (name: string) => levels.findIndex((level) => level.includes(name))
        for (const [name, edges] of graph) {
          expect(levelOf(name)).toBe(Math.max(-1, ...edges.map(({ to }) => levelOf(to))) + 1)
        }
      }),
    )
  })

  it('finds no circle where every edge points backwards', () => {
    fc.assert(fc.property(acyclic, (graph) => findCycle(graph) === undefined))
  })

  it('finds a circle exactly when some entry reaches itself, and what it names is one', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const cycle = findCycle(graph)
        expect(cycle !== undefined).toBe(names.some((name) => reaches(graph, name, name)))
        if (cycle === undefined) return
        expect(cycle.at(0)).toBe(cycle.at(-1))
        expect(new Set(cycle.slice(1)).size).toBe(cycle.length - 1)
        for (const [index, name] of cycle.slice(0, -1).entries()) {
          expect(graph.get(name)?.map(({ to }) => to)).toContain(cycle[index + 1])
        }
      }),
    )
  })

  it('D23 names a circle from its first entry on', () => {
    expect(
      findCycle(
        graphOf([
          [2, 0],
          [0, 1],
          [1, 2],
        ]),
      ),
    ).toEqual(['a', 'b', 'c', 'a'])
  })
})
