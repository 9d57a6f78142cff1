import { Type } from 'typebox'
import { Bytes, Closed, Maybe, Open } from '../component/schemas.ts'
import { ref, refErrors } from './container-ref.ts'
import { PathStatus } from './path-status.ts'

const path = Type.String({
  minLength: 1,
  description: 'Absolute, or relative to the root. `/` or `/.` at its end asks for what a link leads to, a folder',
})
const pathErrors = ['CONTAINER_STATE', 'CONTAINER_PATH_NOT_FOUND', 'CONTAINER_PATH_INVALID', 'DRIVER_AWAY'] as const

/** Methods of `engine.containers` about the files of a container. */
export const containerFiles = {
  statPath: {
    doc: 'What a file or folder of a container is, running or not, with its volumes and binds.',
    request: Closed({ ref, path }),
    response: PathStatus,
    errors: [...refErrors, ...pathErrors],
    deadlineMs: 60_000,
    idempotent: true,
  },
  readArchive: {
    doc:
      'A file, or a folder with all in it, as an uncompressed archive: `status` comes first, then `data`. Its ' +
      'names begin with the last part of the path. Links lead no further than the root of the container.',
    request: Closed({ ref, path }),
    output: Open({ status: Maybe(PathStatus), data: Maybe(Bytes('A piece of the archive')) }),
    errors: [...refErrors, ...pathErrors],
    deadlineMs: 0,
    idempotent: true,
  },
  writeArchive: {
    doc:
      'Unpacks an archive, plain or compressed, into a folder of a container. Nothing outside that folder is ' +
      'touched, whatever the archive holds. What came before an error stays.',
    request: Closed({
      ref,
      path,
      keepKinds: Maybe(Type.Boolean({ description: 'No folder replaces another file, and no other file a folder' })),
      ownerOfContainer: Maybe(
        Type.Boolean({ description: 'All belongs to the user of the container, where it names one' }),
      ),
    }),
    input: 'bytes',
    response: Open({}),
    errors: [
      ...refErrors,
      ...pathErrors,
      'ARCHIVE_INVALID',
      'ARCHIVE_ESCAPES',
      'ARCHIVE_LIMIT',
      'ARCHIVE_TRUNCATED',
      'NOT_SUPPORTED',
      'STORAGE_FULL',
      'HOST_LACKS',
    ],
    deadlineMs: 0,
    idempotent: false,
  },
} as const
