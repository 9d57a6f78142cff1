import type { ErrorEntry } from './kinds.ts'

/** A `daemon.json`, as it was written for dockerd. */
export const daemonFileErrors = {
  DAEMON_KEY_UNKNOWN: { kind: 'invalid', meaning: 'A daemon.json has a key that dockerd does not have either.' },
  DAEMON_KEY_VALUE: { kind: 'invalid', meaning: 'A value in a daemon.json cannot be.' },
  DAEMON_KEY_REFUSED: {
    kind: 'not-implemented',
    meaning: 'A daemon.json asks for something that this engine does not have, and that cannot be left out silently.',
  },
  DAEMON_KEY_UNTAKEN: {
    kind: 'invalid',
    meaning: 'A daemon.json sets something that no component of the assembly takes.',
  },
  DAEMON_KEY_CONFLICT: {
    kind: 'conflict',
    meaning: 'A setting stands both on the command line and in the daemon.json.',
  },
} as const satisfies Record<string, ErrorEntry>
