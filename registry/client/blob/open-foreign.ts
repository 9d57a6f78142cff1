import { codedError } from '@moby/contracts'
import { drop, type Answer } from '../answer/answer.ts'
import type { Session } from '../session.ts'
import { nameOf } from '../target.ts'
import { transportError } from '../transport/transport-error.ts'
import type { BlobRequest } from './blob-request.ts'
import { rangeHeader } from './range-header.ts'

/**
 * Opens a layer at the addresses that its descriptor names, one after the other, without credentials whatever they
 * answer. Fails with REGISTRY_NOT_FOUND when they are not to be asked or none has it.
 */
export async function openForeign(
  session: Session,
  request: BlobRequest,
  { from, to }: { readonly from: number; readonly to: number },
  cause: unknown,
): Promise<Answer> {
  const { target, urls, size, signal } = request
  const missing = (what: string, hint: string): Error =>
    codedError('REGISTRY_NOT_FOUND', `${nameOf(target)}: the registry does not have it, and ${what}`, {
      cause,
      hint,
      details: { ...target },
    })
  if (!session.settings.allowForeignLayers) {
    throw missing('layers from elsewhere are not allowed', 'Set `allowForeignLayers` to take them from where they say.')
  }
  const failures: string[] = []
  for (const text of urls.slice(0, 10)) {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || url.protocol !== 'https:' || url.username !== '') {
      failures.push(`${text.slice(0, 100)} is no https URL`)
      continue
    }
    try {
      const answer = await session.sender.send({
        method: 'GET',
        url,
        name: url.host,
        named: 'by-remote-registry',
        target,
        signal,
        headers: rangeHeader(from, to, size),
      })
      if (answer.status === 200 || answer.status === 206) return answer
      await drop(answer)
      failures.push(`${url.host} answered ${answer.status}`)
    } catch (error) {
      const coded = transportError(error, target, url.host)
      if (coded.code === 'CANCELLED') throw coded
      failures.push(coded.message)
    }
  }
  throw missing(`neither has where it says: ${failures.join('; ')}`, 'The layer is gone from where it was published.')
}
