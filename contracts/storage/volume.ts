import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Int64, Maybe, Nothing, OneOf, Open, StringMap, Timestamp } from '../component/schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 255 })

export const Volume = Open({
  name: Name,
  mountpoint: Maybe(Type.String({ description: 'Where its files are on the host, when known' })),
  createdAt: Maybe(Timestamp('When it was made')),
  options: Maybe(StringMap('What it was created with')),
  status: Maybe(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Shown as it is by `docker volume inspect`' }),
  ),
})
export type Volume = Static<typeof Volume>

const ByName = Closed({ name: Name })
const ByMount = Closed({
  name: Name,
  id: Type.String({ minLength: 1, description: 'One user of the mount; the driver counts users by it' }),
})
const Mountpoint = Open({ mountpoint: Type.String({ description: 'Absolute path on the host' }) })

/** Named volumes. Docker's VolumeDriver protocol maps onto it method by method. */
export const storageVolume = defineContract({
  id: 'storage.volume',
  version: '0.1.0',
  doc: 'Named volumes that outlive containers.',
  overlap: 'exclusive',
  overlapWhy: 'A driver may hold in memory who uses a volume; two lives would count apart from each other.',
  selection: 'driver',
  methods: {
    capabilities: {
      doc: 'Whether its volumes are those of this host or of a cluster.',
      request: Nothing,
      response: Open({ scope: OneOf(['local', 'global']) }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    create: {
      doc: 'Makes a volume. The same name with the same options again is success; with others it is a conflict, and the volume stays as it was. A call that fails or is cancelled leaves a whole volume or none.',
      request: Closed({ name: Name, options: StringMap('Driver options, `--opt`') }),
      response: Open({}),
      errors: [
        'VOLUME_NAME_INVALID',
        'VOLUME_OPTIONS_CONFLICT',
        'VOLUME_OPTION_UNKNOWN',
        'VOLUME_OPTION_INVALID',
        'HOST_LACKS',
      ],
      deadlineMs: 120_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    get: {
      doc: 'One volume; the same at every call until it is removed, also over a restart of the driver.',
      request: ByName,
      response: Open({ volume: Volume }),
      errors: ['VOLUME_NOT_FOUND'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    list: {
      doc: 'Every volume of the driver once, each as `get` tells it.',
      request: Nothing,
      response: Open({ volumes: Type.Array(Volume) }),
      errors: [],
      deadlineMs: 60_000,
      idempotent: true,
    },
    path: {
      doc: 'Where the files of a volume are, mounted or not: what `mount` answers and `get` tells, when it tells it.',
      request: ByName,
      response: Mountpoint,
      errors: ['VOLUME_NOT_FOUND'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    mount: {
      doc: 'Makes the files available for one user. Volumes may have many users at once; the driver counts by id, also over its own restart. A call that fails counts no user.',
      request: ByMount,
      response: Mountpoint,
      errors: ['VOLUME_NOT_FOUND', 'VOLUME_OPTION_INVALID', 'HOST_LACKS', 'HOST_SYSTEM_CALL'],
      deadlineMs: 120_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    unmount: {
      doc: 'Ends the use under this id. An id that is not mounted is success.',
      request: ByMount,
      response: Open({}),
      errors: ['VOLUME_NOT_FOUND'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    usage: {
      doc: 'Bytes that the files of a volume occupy.',
      request: ByName,
      response: Open({ size: Int64('Bytes') }),
      errors: ['VOLUME_NOT_FOUND', 'NOT_SUPPORTED'],
      deadlineMs: 120_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    remove: {
      doc: 'Removes a volume and its files. A mounted one is refused, an unknown one is an error. Its name is free for another.',
      request: ByName,
      response: Open({}),
      errors: ['VOLUME_NOT_FOUND', 'VOLUME_IN_USE'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
  },
})
