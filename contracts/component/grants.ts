import { Type, type Static } from 'typebox'
import { Closed, Maybe, OneOf } from './schemas.ts'

const AbsolutePath = Type.String({ pattern: '^/' })

export const GrantedMount = Closed({
  source: Type.String({ pattern: '^/', description: 'Path on the host; it must exist' }),
  target: Maybe(Type.String({ pattern: '^/', description: 'Path in the container; absent: the same' })),
  readOnly: Type.Boolean(),
})
export type GrantedMount = Static<typeof GrantedMount>

export const GrantedDevice = Closed({
  path: AbsolutePath,
  access: Maybe(Type.String({ pattern: '^[rwm]{1,3}$', description: 'Of r, w and m (mknod); absent: rw' })),
})
export type GrantedDevice = Static<typeof GrantedDevice>

/**
 * What a component in a container may reach beyond its own folders. What is not named here it does not have: no
 * capability, no link of a network, no device but those of every container, no writable root.
 */
export const Grants = Closed({
  mounts: Maybe(Type.Array(GrantedMount, { description: 'Files and folders of the host' })),
  capabilities: Maybe(
    Type.Array(Type.String({ pattern: '^CAP_[A-Z_]+$' }), {
      description: 'Names of capabilities(7). They open the system calls that belong to them, too',
    }),
  ),
  network: Maybe(OneOf(['none', 'host'], 'none: a network namespace without links; absent: none')),
  devices: Maybe(Type.Array(GrantedDevice, { description: 'Device nodes of the host, at the same path' })),
  root: Maybe(OneOf(['read-only', 'scratch'], 'scratch: writable, in memory, gone at its end; absent: read-only')),
  shareMounts: Maybe(
    Type.Boolean({
      description: 'The host sees what it mounts below its own folders, and it what the host mounts there',
    }),
  ),
  pids: Maybe(Type.Integer({ minimum: 1, description: 'Processes and threads at a time; absent: 512' })),
  memoryBytes: Maybe(Type.Integer({ minimum: 4 << 20, description: 'Absent: no limit of its own' })),
})
export type Grants = Static<typeof Grants>
