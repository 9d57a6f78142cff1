import { codedError } from '@moby/contracts'

/** For an operation that this engine knows and does not offer yet. */
export function notBuilt(what: string): Error {
  return codedError('NOT_SUPPORTED', `${what} is not supported by this engine yet`)
}
