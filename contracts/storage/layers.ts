import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Int64, Maybe, Nothing, OneOf, Open, StringMap, Timestamp } from '../component/schemas.ts'

const Key = Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]*$' })

/** A mount in the form of mount(2): the engine performs it in the host's namespace. */
export const Mount = Open({
  type: Type.String({ description: 'File system type, or `bind`' }),
  source: Type.String(),
  options: Type.Array(Type.String(), { description: 'As in fstab: flags and file system options' }),
})
export type Mount = Static<typeof Mount>

export const Snapshot = Open({
  key: Key,
  kind: OneOf(['active', 'view', 'committed']),
  parent: Maybe(Key),
  createdAt: Timestamp('When it was made or committed'),
})
export type Snapshot = Static<typeof Snapshot>

const Mounts = Open({ mounts: Type.Array(Mount, { minItems: 1 }) })

/**
 * Snapshots of image layers. A committed snapshot's key is the chainID of its layers (OCI image
 * specification, config.md "Layer ChainID"); an active one is a writable child of a committed one.
 */
export const storageLayers = defineContract({
  id: 'storage.layers',
  version: '0.1.0',
  doc: 'Snapshots of image layers by chainID: the root file systems of containers.',
  overlap: 'exclusive',
  overlapWhy: 'A second life would not see the snapshots and mounts that the first one makes meanwhile.',
  selection: 'driver',
  methods: {
    info: {
      doc: 'What the driver stands on, for `docker info`: the driver name that clients expect and rows of status.',
      request: Nothing,
      response: Open({
        name: Type.String({ description: 'Name that docker clients know: overlay2, vfs' }),
        status: Type.Array(Type.Tuple([Type.String(), Type.String()])),
        rebase: Maybe(
          Type.Boolean({
            description:
              'A layer may be unpacked without its parent and be given it at commit: layers are then unpacked side by side',
          }),
        ),
        mostLayers: Maybe(
          Type.Integer({
            minimum: 1,
            description:
              'Layers that a snapshot may stand on at most; an image of more is refused before it is unpacked. No limit when absent',
          }),
        ),
      }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    prepare: {
      doc:
        'Makes an active (writable) snapshot on a committed parent, or an empty one without parent. What is not committed is ' +
        'no parent: SNAPSHOT_NOT_FOUND.',
      request: Closed({ key: Key, parent: Maybe(Key), labels: Maybe(StringMap('Kept with the snapshot')) }),
      response: Mounts,
      errors: ['SNAPSHOT_EXISTS', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_TOO_DEEP', 'STORAGE_FULL'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    view: {
      doc: 'Makes a read-only snapshot of a committed parent.',
      request: Closed({ key: Key, parent: Key }),
      response: Mounts,
      errors: ['SNAPSHOT_EXISTS', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_TOO_DEEP', 'STORAGE_FULL'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    mounts: {
      doc: 'The mounts of an active snapshot or view; mounting them one over another gives the tree.',
      request: Closed({ key: Key }),
      response: Mounts,
      errors: ['SNAPSHOT_NOT_FOUND', 'SNAPSHOT_NOT_ACTIVE'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    apply: {
      doc:
        'Unpacks one layer archive, plain or compressed, into an active snapshot, by the rules of the image ' +
        'specification (layer.md): whiteouts, opaque directories, hard links, xattrs. Nothing outside the ' +
        'snapshot can be touched whatever the archive holds. On error the snapshot must be removed.',
      request: Closed({
        key: Key,
        compression: Maybe(OneOf(['none', 'gzip', 'zstd'], 'None when absent. All members and frames are read')),
      }),
      input: 'bytes',
      response: Open({
        diffId: Type.String({ description: '`sha256:` and hex, of the uncompressed archive' }),
        size: Int64('Bytes of file content unpacked'),
        input: Open({
          digest: Type.String({ description: '`sha256:` and hex, of the bytes that came in' }),
          size: Int64('Bytes that came in'),
        }),
      }),
      errors: [
        'SNAPSHOT_NOT_FOUND',
        'SNAPSHOT_NOT_ACTIVE',
        'ARCHIVE_INVALID',
        'ARCHIVE_ESCAPES',
        'ARCHIVE_LIMIT',
        'ARCHIVE_TRUNCATED',
        'STORAGE_FULL',
      ],
      deadlineMs: 0,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    commit: {
      doc:
        'Turns an active snapshot into a committed one named by its chainID. Fails with SNAPSHOT_EXISTS when ' +
        'that name is there already, which for equal chainIDs means that the work was done by another. A driver ' +
        'that can `rebase` puts a snapshot without parent on the one given.',
      request: Closed({ key: Key, name: Key, parent: Maybe(Key) }),
      response: Open({ size: Int64('Bytes that this layer adds') }),
      errors: [
        'SNAPSHOT_NOT_FOUND',
        'SNAPSHOT_NOT_ACTIVE',
        'SNAPSHOT_EXISTS',
        'SNAPSHOT_TOO_DEEP',
        'STORAGE_FULL',
        'NOT_SUPPORTED',
      ],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    diff: {
      doc: 'What a snapshot changed against its parent, as an uncompressed layer archive with whiteouts; equal trees give equal bytes.',
      request: Closed({
        key: Key,
        without: Maybe(
          Type.Array(Type.String(), {
            description:
              'Absolute paths that are left out as far as the snapshot added them, and the folders above with them that ' +
              'have changed in nothing else: mount points that were made for a container',
          }),
        ),
      }),
      output: 'bytes',
      errors: ['SNAPSHOT_NOT_FOUND'],
      deadlineMs: 0,
      idempotent: true,
    },
    changes: {
      doc: 'What a snapshot changed against its parent, path by path, parents before children. Paths begin with a slash.',
      request: Closed({ key: Key }),
      output: Open({ path: Type.String(), kind: OneOf(['added', 'modified', 'deleted']) }),
      errors: ['SNAPSHOT_NOT_FOUND'],
      deadlineMs: 0,
      idempotent: true,
    },
    usage: {
      doc: 'What a snapshot itself occupies, without its parents.',
      request: Closed({ key: Key }),
      response: Open({ size: Int64('Bytes'), inodes: Int64('Files, directories and others') }),
      errors: ['SNAPSHOT_NOT_FOUND'],
      deadlineMs: 120_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    stat: {
      doc: 'One snapshot.',
      request: Closed({ key: Key }),
      response: Snapshot,
      errors: ['SNAPSHOT_NOT_FOUND'],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    list: {
      doc: 'Every snapshot.',
      request: Nothing,
      output: Snapshot,
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
    remove: {
      doc:
        'Removes a snapshot and frees its space. A missing one is success. One with children, also while these are being ' +
        'made, is refused.',
      request: Closed({ key: Key }),
      response: Open({}),
      errors: ['SNAPSHOT_IN_USE'],
      deadlineMs: 120_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
