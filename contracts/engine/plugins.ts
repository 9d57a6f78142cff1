import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open } from '../component/schemas.ts'
import { RegistryCredentials } from '../image/credentials.ts'
import { Progress } from './image.ts'
import { pullErrors, registryErrors } from './registry-errors.ts'

const Strings = Type.Array(Type.String())
const ref = Type.String({
  minLength: 1,
  description: 'Name, with tag or without, id, or unambiguous beginning of an id',
})
const reference = Type.String({ minLength: 1, description: 'In a registry; without tag and digest: latest' })
const Document = Type.Record(Type.String(), Type.Unknown())

/** Something that a plugin wants of the host. Names and words are Docker's. */
export const PluginPrivilege = Open({ name: Type.String(), description: Type.String(), value: Strings })
export type PluginPrivilege = Static<typeof PluginPrivilege>

export const ManagedPlugin = Open({
  id: Type.String(),
  name: Type.String({ description: 'Familiar form with tag: vieux/sshfs:latest' }),
  reference: Maybe(Type.String({ description: 'What it was pulled as, complete' })),
  enabled: Type.Boolean(),
  config: Document,
  settings: Open({ mounts: Type.Array(Document), env: Strings, args: Strings, devices: Type.Array(Document) }),
})
export type ManagedPlugin = Static<typeof ManagedPlugin>

export const enginePlugins = defineContract({
  id: 'engine.plugins',
  version: '0.1.0',
  doc:
    "Docker's managed plugins: their packages, and the containers that they run in. `config` is config.json of the " +
    'plugin, keys as Docker writes them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    list: {
      doc: 'Plugins, by name. `capabilities`: only those all of whose capabilities are among these.',
      request: Closed({ filter: Maybe(Closed({ enabled: Maybe(Type.Boolean()), capabilities: Maybe(Strings) })) }),
      response: Open({ plugins: Type.Array(ManagedPlugin) }),
      errors: [],
      deadlineMs: 10_000,
      idempotent: true,
    },
    inspect: {
      doc: 'One plugin.',
      request: Closed({ ref }),
      response: ManagedPlugin,
      errors: ['PLUGIN_NOT_FOUND', 'PLUGIN_AMBIGUOUS'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    privileges: {
      doc: 'What a plugin in a registry wants of the host, computed from its config.',
      request: Closed({ reference, credentials: Maybe(RegistryCredentials) }),
      response: Open({ privileges: Type.Array(PluginPrivilege) }),
      errors: [...registryErrors, 'IMAGE_REFERENCE_INVALID', 'MANIFEST_INVALID', 'PLUGIN_PACKAGE_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
    pull: {
      doc:
        'Brings a plugin from its registry, disabled. `privileges` must be exactly what its config asks for. The first ' +
        'item tells the name that it gets.',
      request: Closed({
        reference,
        name: Maybe(Type.String({ description: 'Absent: that of the reference' })),
        privileges: Type.Array(PluginPrivilege),
        credentials: Maybe(RegistryCredentials),
      }),
      output: Open({ ...Progress.properties, name: Maybe(Type.String()) }),
      errors: [...pullErrors, 'PLUGIN_EXISTS', 'PLUGIN_PACKAGE_INVALID', 'PLUGIN_PRIVILEGES_DIFFER'],
      deadlineMs: 0,
      idempotent: false,
    },
    upgrade: {
      doc: 'Replaces the package of a disabled plugin. Its id, its volumes and its name stay.',
      request: Closed({
        ref,
        reference,
        privileges: Type.Array(PluginPrivilege),
        credentials: Maybe(RegistryCredentials),
      }),
      output: Open({ ...Progress.properties, name: Maybe(Type.String()) }),
      errors: [
        ...pullErrors,
        'PLUGIN_NOT_FOUND',
        'PLUGIN_AMBIGUOUS',
        'PLUGIN_ENABLED',
        'PLUGIN_PACKAGE_INVALID',
        'PLUGIN_PRIVILEGES_DIFFER',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    create: {
      doc: 'Makes a plugin, disabled, of an archive with config.json and the folder rootfs.',
      request: Closed({ name: Type.String() }),
      input: 'bytes',
      response: Open({ id: Type.String() }),
      errors: [
        'IMAGE_REFERENCE_INVALID',
        'PLUGIN_EXISTS',
        'PLUGIN_PACKAGE_INVALID',
        'ARCHIVE_INVALID',
        'ARCHIVE_TRUNCATED',
        'ARCHIVE_ESCAPES',
        'ARCHIVE_LIMIT',
        'STORAGE_FULL',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    enable: {
      doc: 'Starts a plugin; when it answers its drivers can be used. It is started again with the engine.',
      request: Closed({
        ref,
        timeoutSeconds: Maybe(
          Type.Integer({
            minimum: 0,
            description: 'For its start, and for every call of it; absent and 0: as they are',
          }),
        ),
      }),
      response: Open({}),
      errors: [
        'PLUGIN_NOT_FOUND',
        'PLUGIN_AMBIGUOUS',
        'PLUGIN_ENABLED',
        'PLUGIN_LAUNCHER_MISSING',
        'PLUGIN_CONFIG_UNSUPPORTED',
        'PLUGIN_START_FAILED',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    disable: {
      doc: 'Stops a plugin that nothing uses; with `force` whatever uses it.',
      request: Closed({ ref, force: Maybe(Type.Boolean()) }),
      response: Open({}),
      errors: ['PLUGIN_NOT_FOUND', 'PLUGIN_AMBIGUOUS', 'PLUGIN_DISABLED', 'PLUGIN_IN_USE'],
      deadlineMs: 0,
      idempotent: false,
    },
    set: {
      doc: 'Changes settings of a disabled plugin: `NAME=VALUE` or `NAME.FIELD=VALUE`; all of them or none.',
      request: Closed({ ref, settings: Strings }),
      response: Open({}),
      errors: ['PLUGIN_NOT_FOUND', 'PLUGIN_AMBIGUOUS', 'PLUGIN_SETTING_INVALID'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    push: {
      doc: 'Takes a plugin to the registry of its name.',
      request: Closed({ ref, credentials: Maybe(RegistryCredentials) }),
      output: Progress,
      errors: [...registryErrors, 'PLUGIN_NOT_FOUND', 'PLUGIN_AMBIGUOUS', 'CONTENT_NOT_FOUND', 'CONTENT_MISMATCH'],
      deadlineMs: 0,
      idempotent: true,
    },
    remove: {
      doc: 'Removes a disabled plugin that nothing uses; with `force` whatever it is.',
      request: Closed({ ref, force: Maybe(Type.Boolean()) }),
      response: Open({}),
      errors: ['PLUGIN_NOT_FOUND', 'PLUGIN_AMBIGUOUS', 'PLUGIN_ENABLED', 'PLUGIN_IN_USE'],
      deadlineMs: 0,
      idempotent: false,
    },
    watch: {
      doc: 'What is done with plugins, as it happens; the engine makes its events of it.',
      request: Nothing,
      output: Open({
        action: OneOf(['pull', 'create', 'enable', 'disable', 'remove']),
        id: Type.String({ description: 'Of a pull: the reference' }),
        name: Type.String(),
      }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
