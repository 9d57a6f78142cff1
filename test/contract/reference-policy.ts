import { authAuthorize, codedError, implement } from '@moby/contracts'

/** A policy that faults are put into: root may do everything, others may look. */
export const referencePolicy = implement(authAuthorize, {
  async authorize({ principal, operation }) {
    if (principal.name === 'root' || /\.(list|inspect)$/.test(operation.name)) return { allow: true }
    return { allow: false, message: `${principal.name} may not call ${operation.name}` }
  },
  async authorizeResponse() {
    throw codedError('NOT_SUPPORTED', 'the reference policy does not look at answers')
  },
})
