import { isCodedError } from '@moby/contracts'
import type { Answer } from '../../server/route.ts'

/**
 * An error of a registry before anything was told, with the status that Docker gives it: what a registry denies may as
 * well not exist, and what is wrong with the registry is an error of the daemon. At 401 clients ask for a password and
 * come again: only a login is answered so.
 */
export async function answerAsDocker(
  work: () => Promise<Answer>,
  { denied = 404, unauthorized = 500 }: { readonly denied?: number; readonly unauthorized?: number } = {},
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!isCodedError(error) || !error.code.startsWith('REGISTRY_')) throw error
    const status = new Map<string, number>([
      ['REGISTRY_NOT_FOUND', 404],
      ['REGISTRY_DENIED', denied],
      ['REGISTRY_UNAUTHORIZED', unauthorized],
    ]).get(error.code)
    return { kind: 'json', status: status ?? 500, body: { message: error.message } }
  }
}
