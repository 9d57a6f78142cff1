import type { AuthorizeFixtures } from '@moby/contracts/conformance'

const root = { name: 'root', method: 'peer-credentials', groups: [] }
const guest = { name: 'guest', method: 'tls', groups: ['users'] }

/** Root may do everything, others may look. */
export const policyRules = [
  { users: ['root'], verdict: 'allow' },
  { operations: ['*.list', '*.inspect'], verdict: 'allow' },
  { operations: ['*.create'], verdict: 'deny', message: 'only root makes things' },
]

export const policyFixtures: AuthorizeFixtures = {
  allowed: [
    { principal: root, operation: { name: 'containers.create', request: {} } },
    { principal: guest, operation: { name: 'containers.list', request: { all: true } } },
  ],
  denied: [
    { principal: guest, operation: { name: 'containers.create', request: {} } },
    { principal: guest, operation: { name: 'images.prune', request: {} } },
  ],
}
