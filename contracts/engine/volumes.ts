import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, Open, StringMap } from '../component/schemas.ts'

const Strings = Type.Array(Type.String())

export const EngineVolume = Open({
  name: Type.String(),
  driver: Type.String(),
  mountpoint: Type.String(),
  createdAt: Type.String(),
  scope: Type.String(),
  labels: StringMap('As given'),
  options: StringMap('As given'),
  anonymous: Type.Boolean(),
  status: Maybe(Type.Record(Type.String(), Type.Unknown())),
  /** Containers that have it mounted or would mount it. */
  users: Type.Integer(),
  size: Maybe(Int64('Bytes, when asked for and known')),
  waitingFor: Maybe(Type.String()),
})
export type EngineVolume = Static<typeof EngineVolume>

export const engineVolumes = defineContract({
  id: 'engine.volumes',
  version: '0.1.0',
  doc: 'Volumes, as front-ends see them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    create: {
      doc: 'Makes a volume; one of that name that exists already is success. Without name it is anonymous.',
      request: Closed({
        name: Maybe(Type.String()),
        driver: Maybe(Type.String()),
        options: Maybe(StringMap('For the driver')),
        labels: Maybe(StringMap('Of the volume')),
      }),
      response: EngineVolume,
      errors: [
        'VOLUME_NAME_INVALID',
        'VOLUME_OPTION_UNKNOWN',
        'VOLUME_OPTIONS_CONFLICT',
        'DRIVER_UNKNOWN',
        'DRIVER_AWAY',
      ],
      deadlineMs: 120_000,
      idempotent: true,
    },
    inspect: {
      doc: 'One volume.',
      request: Closed({ name: Type.String() }),
      response: EngineVolume,
      errors: ['VOLUME_NOT_FOUND'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    list: {
      doc: 'Volumes of every driver; those whose driver is away are listed as waiting for it.',
      request: Closed({
        filter: Maybe(
          Closed({
            names: Maybe(Strings),
            drivers: Maybe(Strings),
            labels: Maybe(Strings),
            dangling: Maybe(Type.Boolean()),
          }),
        ),
        size: Maybe(Type.Boolean()),
      }),
      response: Open({ volumes: Type.Array(EngineVolume), warnings: Strings }),
      errors: ['FILTER_INVALID'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    remove: {
      doc: 'Removes a volume that no container uses. With `force` a missing one is success.',
      request: Closed({ name: Type.String(), force: Maybe(Type.Boolean()) }),
      response: Open({}),
      errors: ['VOLUME_NOT_FOUND', 'VOLUME_IN_USE', 'DRIVER_AWAY'],
      deadlineMs: 60_000,
      idempotent: false,
    },
    prune: {
      doc: 'Removes volumes that no container uses: the anonymous ones, or all.',
      request: Closed({ all: Maybe(Type.Boolean()), labels: Maybe(Strings), notLabels: Maybe(Strings) }),
      response: Open({ removed: Strings, spaceReclaimed: Int64('Bytes') }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
