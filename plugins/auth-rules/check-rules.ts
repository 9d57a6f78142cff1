import { builder, codedError, engineContracts } from '@moby/contracts'
import { fits } from './glob.ts'
import type { RulesConfig } from './rule.ts'

/** Operations by their family: `containers` of `engine.containers`. */
const families = new Map(
  [...engineContracts, builder].map(({ id, methods }) => [id.replace(/^engine\./, ''), Object.keys(methods)]),
)

/** Names that only requests to Docker's own engine have. */
const otherFamilies = ['http', 'system', 'images', 'volumes', 'containers']

/**
 * Fails with AUTH_RULES_INVALID for operations of a family that there is not, which nobody would ever ask about. Answers
 * what else may be a mistake: names of operations that this engine does not have.
 */
export function checkRules({ rules }: RulesConfig): string[] {
  const known = [...families].flatMap(([family, methods]) => methods.map((method) => `${family}.${method}`))
  return rules.flatMap(({ operations = [] }, at) =>
    operations.flatMap((pattern) => {
      if (known.some((name) => fits(pattern, name))) return []
      const family = pattern.split('.', 1)[0] ?? ''
      if (otherFamilies.some((name) => fits(family, name))) {
        return [`Rule ${at + 1} names ${pattern}, which is no operation of this engine`]
      }
      throw codedError('AUTH_RULES_INVALID', `Rule ${at + 1} names ${pattern}, and there are no such operations`, {
        hint: `operations begin with one of ${[...families.keys()].join(', ')}: containers.create`,
        details: { rule: at + 1, pattern },
      })
    }),
  )
}
