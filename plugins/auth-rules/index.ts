import { authAuthorize, codedError, defineComponent, implement } from '@moby/contracts'
import { checkRules } from './check-rules.ts'
import { decide } from './decide.ts'
import type { RulesConfig } from './rule.ts'

/** An authorizer that keeps no state and asks nobody: rules, first to last. */
export default defineComponent<RulesConfig>({
  async create({ config, log }) {
    for (const warning of checkRules(config)) log.warn(warning)
    return {
      provides: {
        [authAuthorize.id]: implement(authAuthorize, {
          authorize: async ({ principal, operation }) => decide(config, principal, operation),
          authorizeResponse: async () => {
            throw codedError('NOT_SUPPORTED', 'Rules decide on operations, not on answers')
          },
        }),
      },
    }
  },
})
