import { Type } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, Nothing, OneOf, Open, Timestamp } from '../component/schemas.ts'
import { RegistryCredentials } from '../image/credentials.ts'
import { Image, imagePlatform as platform, imageRef as ref, Progress } from './image.ts'
import { pullErrors, registryErrors } from './registry-errors.ts'

const Strings = Type.Array(Type.String())

export const engineImages = defineContract({
  id: 'engine.images',
  version: '0.1.0',
  doc: 'Images, as front-ends see them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    load: {
      doc: 'Reads images from an archive of `docker save` or an OCI layout, plain or compressed (gzip, zstd).',
      request: Closed({ quiet: Maybe(Type.Boolean()), platforms: Maybe(Type.Array(platform)) }),
      input: 'bytes',
      output: Progress,
      errors: [
        'ARCHIVE_INVALID',
        'ARCHIVE_TRUNCATED',
        'ARCHIVE_ESCAPES',
        'ARCHIVE_LIMIT',
        'IMAGE_INVALID',
        'PLATFORM_NOT_FOUND',
        'CONTENT_NOT_FOUND',
        'SNAPSHOT_TOO_DEEP',
        'STORAGE_FULL',
      ],
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
    checkName: {
      doc: 'Tells whether a name can be given to an image, so that long work for it need not begin in vain.',
      request: Closed({ name: Type.String() }),
      response: Open({}),
      errors: ['IMAGE_REFERENCE_INVALID'],
      deadlineMs: 5_000,
      idempotent: true,
    },
    list: {
      doc: 'Images, newest first.',
      request: Closed({
        filter: Maybe(
          Closed({
            all: Maybe(Type.Boolean({ description: 'Also those without a name that others were made of' })),
            references: Maybe(Strings),
            dangling: Maybe(Type.Boolean()),
            labels: Maybe(Strings),
            before: Maybe(Type.String()),
            since: Maybe(Type.String()),
            createdBefore: Maybe(Type.String()),
          }),
        ),
        manifests: Maybe(Type.Boolean({ description: 'Tell what each manifest leads to' })),
      }),
      response: Open({ images: Type.Array(Image) }),
      errors: ['IMAGE_NOT_FOUND', 'FILTER_INVALID'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    inspect: {
      doc: 'One image. Of several platforms under one name: that of the host, or the one asked for.',
      request: Closed({
        ref,
        platform: Maybe(platform),
        manifests: Maybe(Type.Boolean({ description: 'Tell what each manifest leads to' })),
      }),
      response: Image,
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS', 'PLATFORM_NOT_FOUND'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    remove: {
      doc: 'Takes a name away, and the image with its last name. By id with several names, or used by a container: only with force.',
      request: Closed({
        ref,
        force: Maybe(Type.Boolean()),
        noPrune: Maybe(Type.Boolean()),
        platforms: Maybe(Type.Array(platform)),
      }),
      response: Open({ changes: Type.Array(Open({ kind: OneOf(['untagged', 'deleted']), name: Type.String() })) }),
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS', 'PLATFORM_NOT_FOUND', 'IMAGE_IN_USE'],
      deadlineMs: 120_000,
      idempotent: false,
    },
    pull: {
      doc:
        'Brings an image from its registry, or every tag of a repository. What is here already is not brought again; ' +
        'what a broken pull has brought is used. Two pulls of one layer share the work.',
      request: Closed({
        reference: Type.String({ description: 'As people write it; without tag and digest: latest' }),
        allTags: Maybe(Type.Boolean()),
        platform: Maybe(platform),
        credentials: Maybe(RegistryCredentials),
      }),
      output: Progress,
      errors: [...pullErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    push: {
      doc:
        'Takes an image to the registry of its name, byte for byte as it was pulled or loaded: the index with every ' +
        'platform when all of them are here, otherwise the one of the host or the one asked for. Without a tag: every tag.',
      request: Closed({
        reference: Type.String(),
        platform: Maybe(platform),
        credentials: Maybe(RegistryCredentials),
      }),
      output: Progress,
      errors: [
        ...registryErrors,
        'IMAGE_REFERENCE_INVALID',
        'IMAGE_NOT_FOUND',
        'PLATFORM_NOT_FOUND',
        'CONTENT_MISMATCH',
        'CONTENT_NOT_FOUND',
      ],
      deadlineMs: 0,
      idempotent: true,
    },
    save: {
      doc: 'Images as one archive that is both of `docker save` and an OCI layout. A name without a tag means every tag of it.',
      request: Closed({ refs: Type.Array(Type.String(), { minItems: 1 }), platforms: Maybe(Type.Array(platform)) }),
      output: 'bytes',
      errors: [
        'IMAGE_NOT_FOUND',
        'IMAGE_AMBIGUOUS',
        'IMAGE_REFERENCE_INVALID',
        'PLATFORM_NOT_FOUND',
        'CONTENT_NOT_FOUND',
        'CONTENT_MISMATCH',
      ],
      deadlineMs: 0,
      idempotent: true,
    },
    extend: {
      doc:
        'Makes an image out of another: its configuration replaced, one layer put on it, or both. The input is the ' +
        'layer, an uncompressed archive; empty means that there is none. Without `base` the image has that layer alone.',
      request: Closed({
        base: Maybe(ref),
        config: Maybe(
          Type.Record(Type.String(), Type.Unknown(), {
            description: 'OCI image configuration (config) that the new image has; absent, that of the base',
          }),
        ),
        platform: Maybe(platform),
        author: Maybe(Type.String()),
        comment: Maybe(Type.String({ description: 'Of the entry in the history' })),
        createdBy: Maybe(Type.String({ description: 'Of the entry in the history' })),
        createdAt: Maybe(Timestamp('Now when absent')),
        names: Maybe(Type.Array(Type.String({ description: 'Names for the new image' }))),
        passing: Maybe(
          Type.Boolean({
            description: 'The image need not survive a loss of power until it gets a name: a step of a build',
          }),
        ),
      }),
      input: 'bytes',
      response: Open({ id: Type.String(), layer: Maybe(Type.String({ description: 'diffID of the new layer' })) }),
      errors: [
        'IMAGE_NOT_FOUND',
        'IMAGE_REFERENCE_INVALID',
        'IMAGE_INVALID',
        'SNAPSHOT_TOO_DEEP',
        'ARCHIVE_INVALID',
        'ARCHIVE_TRUNCATED',
        'ARCHIVE_ESCAPES',
        'ARCHIVE_LIMIT',
        'STORAGE_FULL',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    statPath: {
      doc:
        'Where a path leads in an image, and what is there. Symbolic links, absolute ones too, are followed inside the ' +
        'root of the image, the last one unless told otherwise. What does not exist is told without `status`.',
      request: Closed({
        ref,
        path: Type.String({ description: 'In the root of the image' }),
        follow: Maybe(Type.Boolean({ description: 'The last link, too; true when absent' })),
        names: Maybe(Type.Boolean({ description: 'Tells the names in a folder' })),
      }),
      response: Open({
        path: Type.String({
          description: 'Absolute, without links and dots; of what is missing: where it would be made',
        }),
        status: Maybe(
          Open({
            type: OneOf(['file', 'directory', 'symlink', 'character', 'block', 'fifo', 'socket']),
            mode: Type.Integer({ description: 'Permissions with setuid, setgid and sticky bit' }),
            uid: Type.Integer(),
            gid: Type.Integer(),
            size: Int64('Bytes'),
            modifiedNs: Int64('Nanoseconds since 1970'),
            link: Maybe(Type.String({ description: 'Target of a symbolic link' })),
          }),
        ),
        blockedBy: Maybe(Type.String({ description: 'What is no folder, and the path leads through it' })),
        names: Maybe(Strings),
      }),
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS', 'PATH_INVALID'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    archivePath: {
      doc:
        'A folder of an image as an uncompressed archive: what is in it and below, named relative to it, without the ' +
        'folder itself. The way to the folder is that of `statPath`; links in it stay links.',
      request: Closed({
        ref,
        path: Type.String({ description: 'Folder in the root of the image' }),
        names: Maybe(Type.Array(Type.String(), { description: 'Only these names in it, each with what is below' })),
      }),
      output: 'bytes',
      errors: ['IMAGE_NOT_FOUND', 'IMAGE_AMBIGUOUS', 'PATH_NOT_FOUND', 'PATH_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    prune: {
      doc: 'Removes images that no container uses: those without a name, or all. Content that nothing needs goes with them.',
      request: Closed({
        all: Maybe(Type.Boolean()),
        createdBefore: Maybe(Type.String({ description: 'RFC 3339' })),
        labels: Maybe(Strings),
        notLabels: Maybe(Strings),
      }),
      response: Open({
        changes: Type.Array(Open({ kind: OneOf(['untagged', 'deleted']), name: Type.String() })),
        spaceReclaimed: Int64('Bytes of layers that are gone'),
      }),
      errors: ['FILTER_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    usage: {
      doc: 'What images occupy. The size of a layer that several images share counts once in the total.',
      request: Nothing,
      response: Open({
        layersSize: Int64('Bytes of all layers, each once'),
        images: Type.Array(
          Open({
            id: Type.String(),
            sharedSize: Int64('Bytes of layers that another image has, too'),
          }),
        ),
      }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
