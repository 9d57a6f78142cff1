import { Type, type Static } from 'typebox'
import { permissions, Provision, Requirement, runModes, type Permission } from '../component/descriptor.ts'
import { Grants } from '../component/grants.ts'
import { Closed, OneOf } from '../component/schemas.ts'

const Digest = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })

/** One solved entry. */
export const LockEntry = Closed({
  use: Type.String(),
  version: Type.String({ description: 'Exact' }),
  from: Type.String({ description: 'Source that it was found in, as the manifest names it' }),
  mode: OneOf(runModes),
  driver: Type.Optional(Type.String()),
  digest: Digest,
  descriptor: Digest,
  provides: Type.Array(Provision),
  requires: Type.Array(Requirement),
  permissions: Type.Array(OneOf(Object.keys(permissions) as Permission[]), { description: 'Granted' }),
  grants: Type.Optional(Grants),
})
export type LockEntry = Static<typeof LockEntry>

/** `moby.lock`: the solved assembly. Written by `moby lock` alone; checked at every start. */
export const Lock = Closed({
  lockVersion: Type.Literal(1),
  assembly: Type.String(),
  manifest: Type.String({
    pattern: '^sha256:[0-9a-f]{64}$',
    description: 'Digest of what the manifest selects, without configuration and comments',
  }),
  components: Type.Record(Type.String(), LockEntry),
})
export type Lock = Static<typeof Lock>
