import type { ErrorEntry } from './kinds.ts'

export const dockerPluginErrors = {
  PLUGIN_SPEC_INVALID: {
    kind: 'invalid',
    meaning: 'A file that tells where a Docker plugin listens cannot be read or names no address.',
  },
  PLUGIN_AWAY: { kind: 'unavailable', meaning: 'A Docker plugin cannot be reached at its address.' },
  PLUGIN_SILENT: { kind: 'deadline', meaning: 'A Docker plugin did not answer within the deadline of the call.' },
  PLUGIN_ANSWER_INVALID: {
    kind: 'unavailable',
    meaning: 'A Docker plugin answered with something that its protocol does not allow, or with too much.',
  },
  PLUGIN_REFUSED: { kind: 'internal', meaning: 'A Docker plugin answered a call with an error of its own.' },
  PLUGIN_PROTOCOL_MISSING: {
    kind: 'not-found',
    meaning: 'A Docker plugin of that name exists, but it does not speak the protocol that was asked of it.',
  },
  PLUGIN_LIED: {
    kind: 'unavailable',
    meaning: 'A Docker plugin answered with a value that is not what it claims to be, so it was not used.',
  },
  LOG_SINK_STALLED: { kind: 'unavailable', meaning: 'A log plugin does not take what is written to it.' },
  PLUGIN_SERVE_AMBIGUOUS: {
    kind: 'invalid',
    meaning: 'What is to be served as one Docker plugin has no driver, or several drivers of one contract.',
  },
  PLUGIN_NOT_FOUND: { kind: 'not-found', meaning: 'There is no managed Docker plugin of that name or id.' },
  PLUGIN_AMBIGUOUS: { kind: 'invalid', meaning: 'Several managed Docker plugins have an id that begins so.' },
  PLUGIN_EXISTS: { kind: 'conflict', meaning: 'There is a managed Docker plugin of that name already.' },
  PLUGIN_ENABLED: { kind: 'conflict', meaning: 'A managed Docker plugin must be disabled for that, and is enabled.' },
  PLUGIN_DISABLED: { kind: 'conflict', meaning: 'A managed Docker plugin must be enabled for that, and is disabled.' },
  PLUGIN_IN_USE: {
    kind: 'conflict',
    meaning: 'Volumes, networks or logs belong to a managed Docker plugin, which without force must go first.',
  },
  PLUGIN_SETTING_INVALID: {
    kind: 'invalid',
    meaning: 'A setting of a managed Docker plugin does not exist, may not be changed, or not now.',
  },
  PLUGIN_PACKAGE_INVALID: {
    kind: 'invalid',
    meaning: 'What should be the package of a managed Docker plugin has no config.json or no files, or is no plugin.',
  },
  PLUGIN_PRIVILEGES_DIFFER: {
    kind: 'denied',
    meaning: 'What was accepted for a managed Docker plugin is not exactly what its config asks for.',
  },
  PLUGIN_CONFIG_UNSUPPORTED: {
    kind: 'invalid',
    meaning: 'The config of a managed Docker plugin asks for what cannot be given to it.',
  },
  PLUGIN_LAUNCHER_MISSING: {
    kind: 'not-implemented',
    meaning: 'The assembly has nothing that could start a managed Docker plugin.',
  },
  PLUGIN_STORE_MISSING: {
    kind: 'not-implemented',
    meaning: 'The assembly has nothing that could keep managed Docker plugins, or reach registries for them.',
  },
  PLUGIN_START_FAILED: {
    kind: 'unavailable',
    meaning: 'A managed Docker plugin ended at its start, or did not listen in time.',
  },
} as const satisfies Record<string, ErrorEntry>
