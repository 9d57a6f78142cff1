import type { Access } from './auth/access.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'
import { readPages } from './pages.ts'

/** The tags of a repository, in the order of the registry. Mirrors are not asked: they know what they were asked for. */
export async function* listTags(
  session: Session,
  access: Access,
  { repository }: Target & { readonly repository: string },
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  // The first page decides about the way, later ones are of the same.
  const { pages, first } = await session.through(access, 'write', async (endpoint) => {
    const pages = readPages(session, endpoint, access, `/v2/${repository}/tags/list?n=1000`, signal)
    return { pages, first: await pages.next() }
  })
  for (let page = first; page.done !== true; page = await pages.next()) {
    const { tags } = page.value.fields
    for (const tag of Array.isArray(tags) ? tags : []) if (typeof tag === 'string') yield tag
  }
}
