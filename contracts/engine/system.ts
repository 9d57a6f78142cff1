import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open, StringMap } from '../component/schemas.ts'
import { EngineMetrics } from './metrics.ts'

const Strings = Type.Array(Type.String())

/** Something that happened. Names of types, actions and attributes are Docker's. */
export const EngineEvent = Open({
  type: OneOf(['container', 'image', 'network', 'volume', 'daemon', 'plugin']),
  action: Type.String(),
  id: Type.String(),
  attributes: StringMap('What it happened to'),
  time: Type.String({ description: 'RFC 3339 with nanoseconds' }),
})
export type EngineEvent = Static<typeof EngineEvent>

export const engineSystem = defineContract({
  id: 'engine.system',
  version: '0.1.0',
  doc: 'The engine as a whole.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    info: {
      doc: 'Facts about host, drivers and objects.',
      request: Nothing,
      response: Open({
        id: Type.String(),
        labels: Type.Array(Type.String({ description: 'key=value' }), { description: 'Of the engine itself' }),
        debug: Type.Boolean({ description: 'It logs for whoever looks for a defect' }),
        name: Type.String({ description: 'Host name' }),
        containers: Type.Integer(),
        running: Type.Integer(),
        paused: Type.Integer(),
        stopped: Type.Integer(),
        images: Type.Integer(),
        storage: Open({
          driver: Type.String(),
          name: Type.String(),
          status: Type.Array(Type.Tuple([Type.String(), Type.String()])),
        }),
        logDriver: Type.String(),
        logDrivers: Strings,
        volumeDrivers: Strings,
        networkDrivers: Strings,
        runtimes: Type.Array(
          Open({
            name: Type.String(),
            path: Type.String(),
            version: Type.String(),
            features: Maybe(Type.Record(Type.String(), Type.Unknown())),
          }),
        ),
        defaultRuntime: Type.String(),
        initBinary: Type.String(),
        cgroupDriver: Type.String(),
        cgroupVersion: Type.Integer(),
        kernelVersion: Type.String(),
        operatingSystem: Type.String(),
        osVersion: Type.String(),
        architecture: Type.String(),
        cpus: Type.Integer(),
        memoryBytes: Type.Number(),
        dataRoot: Type.String(),
        securityOptions: Strings,
        cdiSpecDirs: Type.Array(Type.String(), { description: 'Where specs of devices are looked for' }),
        devices: Type.Array(
          Open({
            source: Type.String({ description: 'The driver that knows it: `cdi`' }),
            id: Type.String({ description: 'By which a container asks for it' }),
          }),
        ),
        warnings: Strings,
        limits: Open({
          memory: Type.Boolean(),
          swap: Type.Boolean(),
          cpuCfs: Type.Boolean(),
          cpuShares: Type.Boolean(),
          cpuset: Type.Boolean(),
          pids: Type.Boolean(),
          oomKillDisable: Type.Boolean(),
          ipv4Forwarding: Type.Boolean(),
        }),
        systemTime: Type.String(),
        eventListeners: Type.Integer(),
      }),
      errors: [],
      deadlineMs: 30_000,
      idempotent: true,
    },
    version: {
      doc: 'Versions of the engine and of what it runs on.',
      request: Nothing,
      response: Open({
        version: Type.String(),
        commit: Type.String(),
        builtAt: Type.String(),
        kernelVersion: Type.String(),
        os: Type.String(),
        architecture: Type.String(),
        components: Type.Array(Open({ name: Type.String(), version: Type.String(), details: StringMap('More') })),
      }),
      errors: [],
      deadlineMs: 10_000,
      idempotent: true,
    },
    metrics: {
      doc: 'What was counted and measured since the engine started.',
      request: Nothing,
      response: EngineMetrics,
      errors: [],
      deadlineMs: 10_000,
      idempotent: true,
    },
    announceReload: {
      doc: 'Tells those who listen to events that the configuration was read again.',
      request: Closed({ attributes: StringMap('What holds now, by the names of daemon.json') }),
      response: Open({}),
      errors: [],
      deadlineMs: 5_000,
      idempotent: false,
    },
    events: {
      doc:
        'Events: those kept since `since`, then as they happen until `until`. A first item `listening` comes at once. ' +
        'A listener that does not keep up loses its oldest events and is told by a `dropped` item.',
      request: Closed({
        since: Maybe(Type.String({ description: 'RFC 3339' })),
        until: Maybe(Type.String({ description: 'RFC 3339; in the past: no live events' })),
        filter: Maybe(
          Closed({
            types: Maybe(Strings),
            actions: Maybe(Strings),
            containers: Maybe(Strings),
            images: Maybe(Strings),
            networks: Maybe(Strings),
            volumes: Maybe(Strings),
            daemons: Maybe(Strings),
            plugins: Maybe(Strings),
            labels: Maybe(Strings),
            scopes: Maybe(Strings),
          }),
        ),
      }),
      output: Open({ listening: Maybe(Type.Boolean()), dropped: Maybe(Type.Integer()), event: Maybe(EngineEvent) }),
      errors: ['FILTER_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
