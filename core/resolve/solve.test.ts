import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Choice, Variable } from './choice.ts'
import { solve } from './solve.ts'
import { findViolations } from './violations.ts'

const versions = ['0.1.0', '0.1.1', '0.2.0', '1.0.0']
const ranges = ['^0.1.0', '^0.2.0', '>=0.1.0', '^1.0.0', '0.1.1']
const contracts = ['a', 'b', 'c']

const provided = fc.record(
  {
    contract: fc.constantFrom(...contracts),
    version: fc.constantFrom(...versions),
    driver: fc.constantFrom('x', 'y', 'z'),
  },
  { requiredKeys: ['contract', 'version'] },
)
const requirement = fc.record(
  {
    contract: fc.constantFrom(...contracts),
    range: fc.constantFrom(...ranges),
    many: fc.boolean(),
    optional: fc.boolean(),
  },
  { requiredKeys: ['contract', 'range'] },
)
const parts = fc.record({
  provides: fc.uniqueArray(provided, { maxLength: 2, selector: ({ contract }) => contract }),
  requires: fc.uniqueArray(requirement, { maxLength: 2, selector: ({ contract }) => contract }),
})
const assemblies: fc.Arbitrary<Variable[]> = fc
  .array(fc.array(parts, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
  .map((entries) =>
    entries.map((choices, index) => ({
      entry: `e${index}`,
      choices: choices.map((each, rank): Choice => ({
        entry: `e${index}`,
        component: `t/c${index}`,
        version: `${9 - rank}.0.0`,
        ...each,
      })),
    })),
  )

/** Every full choice, in the order of preference. */
function* all(variables: readonly Variable[], chosen: readonly Choice[] = []): Generator<readonly Choice[]> {
  const next = variables[chosen.length]
  if (next === undefined) yield chosen
  else for (const choice of next.choices) yield* all(variables, [...chosen, choice])
}

function bruteForce(variables: readonly Variable[]): readonly Choice[] | undefined {
  for (const choices of all(variables)) if (findViolations(choices).length === 0) return choices
  return undefined
}

describe('the solver', () => {
  it('finds a solution exactly when trying everything finds one, and it is the same: the most preferred', () => {
    fc.assert(
      fc.property(assemblies, (variables) => {
        expect(solve(variables)).toEqual(bruteForce(variables))
      }),
      { numRuns: 600 },
    )
  })

  it('gives the same answer each time', () => {
    fc.assert(
      fc.property(assemblies, (variables) => {
        expect(solve(variables)).toEqual(solve(structuredClone(variables)))
      }),
    )
  })

  it('takes the best version of every entry when nothing speaks against it', () => {
    fc.assert(
      fc.property(assemblies, (variables) => {
        const free = variables.map(({ entry, choices }) => ({
          entry,
          choices: choices.map((choice) => ({ ...choice, provides: [], requires: [] })),
        }))
        expect(solve(free)?.map(({ version }) => version)).toEqual(free.map(() => '9.0.0'))
      }),
    )
  })

  it('finds the one way through versions that need each other', () => {
    const choice = (entry: string, version: string, more: Partial<Choice>): Choice => ({
      entry,
      component: `t/${entry}`,
      version,
      provides: [],
      requires: [],
      ...more,
    })
    const front = choice('front', '2.0.0', { requires: [{ contract: 'store', range: '^1.0.0' }] })
    const oldStore = choice('store', '1.4.0', { provides: [{ contract: 'store', version: '1.0.0' }] })
    const newStore = choice('store', '2.0.0', { provides: [{ contract: 'store', version: '2.0.0' }] })
    const variables = [
      { entry: 'front', choices: [front] },
      { entry: 'store', choices: [newStore, oldStore] },
    ]
    expect(solve(variables)).toEqual([front, oldStore])
  })
})
