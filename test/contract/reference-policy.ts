import { authAuthorize, codedError, implement } from '@moby/contracts'
import type { AuthorizeFixtures } from '@moby/contracts/conformance'

/** A policy for the cases of `auth.authorize`: root may do everything, others may look. */
export const referencePolicy = implement(authAuthorize, {
  async authorize({ principal, operation }) {
    if (principal.name === 'root' || /\.(list|inspect)$/.test(operation.name)) return { allow: true }
    return { allow: false, message: `${principal.name} may not call ${operation.name}` }
  },
  async authorizeResponse() {
    throw codedError('NOT_SUPPORTED', 'the reference policy does not look at answers')
  },
})

const root = { name: 'root', method: 'peer-credentials', groups: [] }
const guest = { name: 'guest', method: 'tls', groups: ['users'] }

export const policyFixtures: AuthorizeFixtures = {
  allowed: [
    { principal: root, operation: { name: 'containers.create', request: {} } },
    { principal: guest, operation: { name: 'containers.list', request: { all: true } } },
  ],
  denied: [{ principal: guest, operation: { name: 'containers.create', request: {} } }],
}
