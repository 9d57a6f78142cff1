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
} as const satisfies Record<string, ErrorEntry>
