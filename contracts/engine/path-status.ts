import { Type, type Static } from 'typebox'
import { Int64, OneOf, Open } from '../component/schemas.ts'

/** What is at a path of a container; of a symbolic link what it is itself. */
export const PathStatus = Open({
  name: Type.String({ description: 'Last part of the path' }),
  type: OneOf(['file', 'directory', 'symlink', 'character', 'block', 'fifo', 'socket']),
  mode: Type.Integer({ description: 'Permissions with setuid, setgid and sticky bit: 0o7777 at most' }),
  size: Int64('Bytes'),
  modifiedAt: Type.String({ description: 'RFC 3339 with nanoseconds' }),
  linkTarget: Type.String({
    description: 'Where a symbolic link leads in the end, as an absolute path, also to what is not there; else empty',
  }),
})
export type PathStatus = Static<typeof PathStatus>
