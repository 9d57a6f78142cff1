import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, OneOf, Open } from '../component/schemas.ts'

const ref = Type.String({ minLength: 1, description: 'Reference, digest, id or unambiguous beginning of an id' })
const Strings = Type.Array(Type.String())

export const Image = Open({
  id: Type.String({ description: '`sha256:` and hex: digest of the configuration' }),
  tags: Type.Array(Type.String({ description: 'Familiar form with tag: busybox:latest' })),
  digests: Type.Array(Type.String({ description: 'Familiar form with digest' })),
  createdAt: Type.String({ description: 'RFC 3339, empty when the configuration does not tell' }),
  size: Int64('Bytes of all layers, unpacked'),
  architecture: Type.String(),
  variant: Type.String(),
  os: Type.String(),
  author: Type.String(),
  comment: Type.String(),
  parent: Type.String(),
  config: Type.Record(Type.String(), Type.Unknown(), { description: 'OCI image configuration: config' }),
  layers: Type.Array(Type.String({ description: 'diffIDs' })),
  history: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  containers: Type.Integer({ description: 'How many containers use it' }),
  lastTaggedAt: Maybe(Type.String()),
  storage: Type.String({ description: 'Driver that holds its layers' }),
  waitingFor: Maybe(Type.String({ description: 'Set when that driver is not in the assembly' })),
})
export type Image = Static<typeof Image>

/** What happens during a long operation, in Docker's words. */
export const Progress = Open({
  status: Maybe(Type.String()),
  id: Maybe(Type.String()),
  current: Maybe(Type.Number()),
  total: Maybe(Type.Number()),
  stream: Maybe(Type.String()),
  aux: Maybe(Type.Record(Type.String(), Type.Unknown())),
})
export type Progress = Static<typeof Progress>

export const engineImages = defineContract({
  id: 'engine.images',
  version: '0.1.0',
  doc: 'Images, as front-ends see them.',
  overlap: 'exclusive',
  selection: 'single',
  methods: {
    load: {
      doc: 'Reads images from an archive of `docker save` or an OCI layout, plain or compressed (gzip, zstd).',
      request: Closed({ quiet: Maybe(Type.Boolean()) }),
      input: 'bytes',
      output: Progress,
      errors: ['ARCHIVE_INVALID', 'ARCHIVE_TRUNCATED', 'ARCHIVE_ESCAPES', 'ARCHIVE_LIMIT', 'IMAGE_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    import: {
      doc: 'Makes an image of one layer from the archive of a root file system.',
      request: Closed({
        reference: Maybe(Type.String()),
        message: Maybe(Type.String()),
        changes: Maybe(Type.Array(Type.String({ description: 'Dockerfile instructions that set configuration' }))),
        platform: Maybe(Type.String()),
      }),
      input: 'bytes',
      output: Progress,
      errors: [
        'ARCHIVE_INVALID',
        'ARCHIVE_TRUNCATED',
        'ARCHIVE_ESCAPES',
        'ARCHIVE_LIMIT',
        'IMAGE_REFERENCE_INVALID',
        'IMAGE_CHANGE_INVALID',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    tag: {
      doc: 'Gives an image a further name.',
      request: Closed({ ref, target: Type.String() }),
      response: Open({}),
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_REFERENCE_INVALID'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    list: {
      doc: 'Images, newest first.',
      request: Closed({
        filter: Maybe(
          Closed({
            references: Maybe(Strings),
            dangling: Maybe(Type.Boolean()),
            labels: Maybe(Strings),
            before: Maybe(Type.String()),
            since: Maybe(Type.String()),
            createdBefore: Maybe(Type.String()),
          }),
        ),
      }),
      response: Open({ images: Type.Array(Image) }),
      errors: ['IMAGE_NOT_FOUND', 'FILTER_INVALID'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    inspect: {
      doc: 'One image.',
      request: Closed({ ref }),
      response: Image,
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    remove: {
      doc: 'Takes a name away, and the image with its last name. By id with several names, or used by a container: only with force.',
      request: Closed({ ref, force: Maybe(Type.Boolean()), noPrune: Maybe(Type.Boolean()) }),
      response: Open({ changes: Type.Array(Open({ kind: OneOf(['untagged', 'deleted']), name: Type.String() })) }),
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS', 'IMAGE_IN_USE'],
      deadlineMs: 120_000,
      idempotent: false,
    },
  },
})
