import { Type, type Static } from 'typebox'
import { Closed, Maybe } from './schemas.ts'

const AbsolutePath = Type.String({ pattern: '^/' })

export const ForeignMount = Closed({
  type: Type.String({ description: 'bind, tmpfs, or another type that mount(2) knows' }),
  source: Type.String(),
  target: AbsolutePath,
  options: Type.Array(Type.String(), { description: 'As the runtime specification has them: rbind, ro, rshared' }),
})
export type ForeignMount = Static<typeof ForeignMount>

/**
 * What a program needs that was not written as a component: one that tells itself what it mounts and shares, as Docker's
 * managed plugins do. Components have no part in it; what they may reach is in their grants alone.
 */
export const ForeignProgram = Closed({
  mounts: Maybe(Type.Array(ForeignMount, { description: 'As they are, after those of every container' })),
  sharedFolders: Maybe(
    Type.Array(Closed({ source: AbsolutePath, target: AbsolutePath }), {
      description: 'Folders of the host below which mounts spread both ways',
    }),
  ),
  hostPid: Maybe(Type.Boolean({ description: 'It sees the processes of the host' })),
  hostIpc: Maybe(Type.Boolean({ description: 'It shares the IPC namespace of the host' })),
  allDevices: Maybe(Type.Boolean({ description: 'It may open every device of which it has a node' })),
  writableRoot: Maybe(
    Type.Boolean({ description: 'The folder of the image, an unpacked root, is its root, and what it writes stays' }),
  ),
})
export type ForeignProgram = Static<typeof ForeignProgram>
