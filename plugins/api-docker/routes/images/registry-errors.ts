import { hasCode, isCodedError } from '@moby/contracts'
import type { Answer } from '../../server/route.ts'

/**
 * An error of a registry before anything was told, with the status that Docker gives it: what a registry denies may as
 * well not exist, and what is wrong with the registry is an error of the daemon.
 */
export async function answerAsDocker(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!isCodedError(error) || !error.code.startsWith('REGISTRY_')) throw error
    const status = hasCode(error, 'REGISTRY_DENIED', 'REGISTRY_NOT_FOUND')
      ? 404
      : hasCode(error, 'REGISTRY_UNAUTHORIZED')
        ? 401
        : 500
    return { kind: 'json', status, body: { message: error.message } }
  }
}
