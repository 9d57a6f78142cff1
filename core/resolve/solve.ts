import { codedError } from '@moby/contracts'
import type { Choice, Variable } from './choice.ts'
import { findViolations } from './violations.ts'

/** Choices that are tried before the solver gives up: some seconds. */
const budget = 200_000

/**
 * Chooses a version for every entry so that no rule of assemblies is broken (see Violation), or answers
 * undefined when there is no such choice. Among several solutions it takes the one that gives the first
 * entry its best version, then the second, and so on: the answer depends on nothing else. Throws
 * ASSEMBLY_UNSOLVABLE when it would take too long to know.
 */
export function solve(variables: readonly Variable[]): readonly Choice[] | undefined {
  let tried = 0
  const search = (chosen: readonly Choice[]): readonly Choice[] | undefined => {
    const next = variables[chosen.length]
    if (next === undefined) return chosen
    for (const choice of next.choices) {
      if (++tried > budget) {
        throw codedError('ASSEMBLY_UNSOLVABLE', `No solution was found among the first ${budget} choices of versions`, {
          hint: 'narrow the ranges in the manifest',
        })
      }
      const more = [...chosen, choice]
      if (isHopeless(more, variables)) continue
      const solution = search(more)
      if (solution !== undefined) return solution
    }
    return undefined
  }
  return search([])
}

/** True when no choice for the remaining entries can mend what is broken so far. */
function isHopeless(chosen: readonly Choice[], variables: readonly Variable[]): boolean {
  const rest = variables.slice(chosen.length)
  return findViolations(chosen).some(({ rule, contract }) => {
    if (rule !== 'missing') return true
    return !rest.some(({ choices }) =>
      choices.some(({ provides }) => provides.some((each) => each.contract === contract && each.dynamic !== true)),
    )
  })
}
