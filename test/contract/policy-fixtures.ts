import type { AuthorizeFixtures } from '@moby/contracts/conformance'

const root = { name: 'root', method: 'peer-credentials', groups: [] }
const guest = { name: 'guest', method: 'tls', groups: ['users'] }
const builder = { name: 'ci-7', method: 'token', groups: ['users', 'builders'] }
const nobody = { name: '', method: 'none', groups: [] }

/** What rules can say, each at least once: callers by name and group, operations, objects, values of the request. */
export const policyRules = [
  { users: ['root'], verdict: 'allow' },
  { users: ['r?ot', 'admin*'], operations: ['volumes.*'], verdict: 'allow' },
  { request: { 'spec.privileged': [true, 'yes', 1] }, verdict: 'deny', message: 'nothing privileged' },
  { operations: ['*.remove', '*.kill'], objects: ['db-*', '*-keep'], verdict: 'deny', message: 'those stay' },
  { groups: ['builders'], operations: ['images.*', 'containers.create'], verdict: 'allow' },
  { users: ['ci-?'], groups: ['wheel'], operations: ['containers.remove'], objects: ['ci-*'], verdict: 'allow' },
  { groups: ['users'], operations: ['networks.create'], request: { 'spec.mounts.source': ['/srv*'] }, verdict: 'deny' },
  { operations: ['*.list', '*.inspect'], verdict: 'allow' },
  { operations: ['*.create'], verdict: 'deny', message: 'only root makes things' },
]

type Case = AuthorizeFixtures['allowed'][number]

function ask(principal: Case['principal'], name: string, request: unknown = {}): Case {
  return { principal, operation: { name, request } }
}

const admin = { ...nobody, name: 'admin-1' }

const denied: readonly (readonly [Case, string])[] = [
  [ask(guest, 'containers.create'), 'only root makes things'],
  [ask(guest, 'images.prune'), 'no rule allows it'],
  [ask(nobody, 'images.prune'), 'no rule allows it'],
  [ask({ ...root, name: 'boot' }, 'volumes.prune'), 'no rule allows it'],
  [ask({ ...root, name: 'rooot' }, 'volumes.prune'), 'no rule allows it'],
  [ask(admin, 'networks.prune'), 'no rule allows it'],
  [ask(builder, 'containers.create', { spec: { privileged: true } }), 'nothing privileged'],
  [ask(builder, 'containers.create', { SPEC: { Privileged: 'yes' } }), 'nothing privileged'],
  [ask(builder, 'containers.create', { spec: [{ privileged: false }, { privileged: 1 }] }), 'nothing privileged'],
  [ask(builder, 'images.remove', { ref: 'db-1' }), 'those stay'],
  [ask(builder, 'images.remove', { refs: ['x1', 'a-keep'] }), 'those stay'],
  [ask(builder, 'images.remove', { ref: 'c0ffee' }), 'those stay'],
  [ask(builder, 'images.remove', { ref: 'sha256:c0ffee' }), 'those stay'],
  [ask(builder, 'containers.remove', { ref: 'web' }), 'no rule allows it'],
  [ask(builder, 'containers.remove', { refs: ['ci-1', 'web'] }), 'no rule allows it'],
  [ask(builder, 'containers.remove'), 'no rule allows it'],
  [ask({ ...builder, name: 'ci-77' }, 'containers.remove', { ref: 'ci-1' }), 'no rule allows it'],
  [ask(guest, 'networks.create', { spec: { mounts: [{ source: '/a' }, { source: '/srv/x' }] } }), denial('guest')],
  [ask({ ...nobody, groups: ['users'] }, 'networks.create', { spec: { mounts: { source: '/srv' } } }), denial()],
]

function denial(name = 'a caller without a name'): string {
  return `${name} may not do networks.create`
}

export const policyFixtures: AuthorizeFixtures = {
  allowed: [
    ask(root, 'containers.create'),
    ask(root, 'containers.create', { spec: { privileged: true } }),
    ask(guest, 'containers.list', { all: true }),
    ask(nobody, 'volumes.inspect', { name: 'x' }),
    ask({ ...root, name: 'rxot' }, 'volumes.prune'),
    ask(admin, 'volumes.create'),
    ask(builder, 'containers.create', { spec: { privileged: false, image: null, other: { privileged: true } } }),
    ask(builder, 'containers.create', { spec: { privileged: 'yess' } }),
    ask(builder, 'images.remove', { ref: 'web' }),
    ask(builder, 'images.remove', { ref: 'keep-db-' }),
    ask(builder, 'images.pull', { ref: 'db-1' }),
    ask({ ...nobody, name: 'ci-9' }, 'containers.remove', { ref: 'ci-1' }),
    ask({ ...guest, groups: ['wheel'] }, 'containers.remove', { refs: ['ci-1', 'ci-'], container: 'ci-2' }),
  ],
  denied: denied.map(([request]) => request),
  messages: denied.map(([, message]) => message),
}
