import type { ErrorEntry } from './kinds.ts'

export const launchErrors = {
  LAUNCH_IMAGE_INVALID: { kind: 'invalid', meaning: 'The image of a component cannot be run.' },
  LAUNCH_GRANT_INVALID: {
    kind: 'invalid',
    meaning: 'Something was granted to a component that does not exist, or that this host cannot give.',
  },
  LAUNCH_FAILED: { kind: 'unavailable', meaning: 'The container of a component could not be started or ended.' },
  LAUNCH_UNKNOWN: { kind: 'not-found', meaning: 'The launcher knows no such container.' },
} as const satisfies Record<string, ErrorEntry>
