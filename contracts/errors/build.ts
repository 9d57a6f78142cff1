import type { ErrorEntry } from './kinds.ts'

export const buildErrors = {
  DOCKERFILE_INVALID: { kind: 'invalid', meaning: 'A Dockerfile cannot be read; the message names the line.' },
  BUILD_CONTEXT_INVALID: {
    kind: 'invalid',
    meaning: 'The build context cannot be used, or lacks what is asked of it.',
  },
  BUILD_OPTION_INVALID: { kind: 'invalid', meaning: 'An option of a build cannot be used.' },
  BUILD_STEP_FAILED: { kind: 'internal', meaning: 'A step of a build failed.' },
  BUILDKIT_PROTOCOL: { kind: 'internal', meaning: 'A BuildKit daemon or its client sent what cannot be read.' },
  BUILDKIT_UNAVAILABLE: { kind: 'unavailable', meaning: 'The BuildKit daemon of the configuration cannot be reached.' },
} as const satisfies Record<string, ErrorEntry>
