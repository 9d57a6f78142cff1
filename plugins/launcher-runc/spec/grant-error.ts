import { codedError } from '@moby/contracts'

/** The error for a grant that cannot be given. */
export function refused(message: string, hint = 'correct `grants` in the component.yaml of the component') {
  return codedError('LAUNCH_GRANT_INVALID', message, { hint })
}
