import { codedError } from '@moby/contracts'

/** The error for an archive that unpacks to another layer than it stands for. */
export function wrongDiffId(expected: string, actual: string): Error {
  return codedError('IMAGE_INVALID', `invalid diffID for layer: expected "${expected}", got "${actual}"`, {
    hint: 'The archive was changed or damaged after the image was made.',
    details: { expected, actual },
  })
}
