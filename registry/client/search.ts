import { codedError, type RegistryCredentials } from '@moby/contracts'
import { drop } from './answer/answer.ts'
import { answerError } from './answer/answer-error.ts'
import { readAnswer } from './answer/read-answer.ts'
import type { Access } from './auth/access.ts'
import { parseObject } from './pages.ts'
import type { Session } from './session.ts'

/** A repository that was found. */
export interface SearchResult {
  readonly name: string
  readonly description: string
  readonly stars: number
  readonly official: boolean
  readonly automated: boolean
}

const answerLimit = 4 << 20

/**
 * Repositories by a word, as Docker Hub's API of the first version has it: the one search that docker knows. Fails with
 * NOT_SUPPORTED for registries without it.
 */
export async function search(
  session: Session,
  registry: string,
  credentials: RegistryCredentials,
  { term, limit }: { readonly term: string; readonly limit: number },
  signal: AbortSignal,
): Promise<SearchResult[]> {
  // The search of Docker Hub stands at another host than its images.
  const host = registry === 'docker.io' ? 'index.docker.io' : registry
  const access: Access = { target: { registry }, credentials, scopes: [] }
  return await session.through(access, 'write', async (endpoint) => {
    const at = { ...endpoint, host, origin: new URL(`${new URL(endpoint.origin).protocol}//${host}`).origin }
    const query = new URLSearchParams({ q: term, n: String(limit) })
    const answer = await session.ask(at, access, { method: 'GET', to: `/v1/search?${query}` }, signal)
    if (answer.status === 404) {
      await drop(answer)
      throw codedError('NOT_SUPPORTED', `The registry ${registry} has no search`, {
        hint: 'Only registries with the API of Docker Hub can be searched.',
        details: { registry, status: 404 },
      })
    }
    if (answer.status !== 200) throw await answerError(answer, access.target, endpoint)
    const body = await readAnswer(answer, access.target, answerLimit)
    const results = body === undefined ? undefined : parseObject(body)?.['results']
    if (!Array.isArray(results)) {
      throw codedError('REGISTRY_ANSWER_INVALID', `The search of ${registry} answered without results`, {
        details: { registry },
      })
    }
    return results
      .slice(0, limit)
      .map(read)
      .filter(({ name }) => name !== '')
  })
}

function read(value: unknown): SearchResult {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '')
  const { star_count: stars } = fields
  return {
    name: text('name'),
    description: text('description'),
    stars: Number.isSafeInteger(stars) ? (stars as number) : 0,
    official: fields['is_official'] === true,
    automated: fields['is_automated'] === true,
  }
}
