import { codedError, isCodedError } from '@moby/contracts'

/**
 * The error of a driver that nobody provides, in the words by which Docker's clients know it; any other error as it is.
 * A driver that was removed from the assembly keeps its own words, which say more.
 */
export function unknownDriver(error: unknown, driver: string, words: string): unknown {
  if (!isCodedError(error) || error.code !== 'DRIVER_UNKNOWN') return error
  const { details = {}, hint } = error
  if (details['driver'] !== driver || details['removed'] === true) return error
  return codedError('DRIVER_UNKNOWN', words, { cause: error, details, ...(hint === undefined ? {} : { hint }) })
}
