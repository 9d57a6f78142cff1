import { since } from '../../compat/shapes.ts'
import type { Answer, ApiRequest, Route } from '../../server/route.ts'
import { readPlatform } from '../../translate/platform.ts'
import { readRegistryAuth } from '../../translate/registry-auth.ts'
import { invalidRequest, notImplemented } from '../../wire/api-error.ts'
import { joinTag, withoutTag } from './join-tag.ts'
import { progressAnswer } from '../progress-answer.ts'
import { progressShape } from './progress.ts'
import { answerAsDocker } from './registry-errors.ts'

/** Pull and import, which share a path in Docker. */
export const createImage: Route = {
  method: 'POST',
  path: '/images/create',
  async handle(request) {
    return request.query.text('fromImage') === '' ? await importImage(request) : await pullImage(request)
  },
}

/** Without a tag every tag is pulled: it is the client that says `latest`. */
async function pullImage({ query, version, engine, headers, signal }: ApiRequest): Promise<Answer> {
  // `docker pull -a` of old clients ends the name with a colon.
  const image = query.text('fromImage').replace(/:$/, '')
  const tag = query.text('tag')
  const reference = tag === '' ? image : withTag(image, tag)
  const platform = version >= since.pullPlatform ? readPlatform(query.text('platform')) : undefined
  const credentials = readRegistryAuth(headers['x-registry-auth'])
  return await answerAsDocker(async () =>
    progressAnswer(
      engine.images.pull(
        {
          reference,
          ...(hasTagOrDigest(reference) ? {} : { allTags: true }),
          ...(platform === undefined ? {} : { platform }),
          ...(credentials === undefined ? {} : { credentials }),
        },
        { signal },
      ),
      progressShape,
    ),
  )
}

/** What is called a tag may be a digest. */
function withTag(image: string, tag: string): string {
  const name = withoutTag(image.replace(/@.*$/, ''))
  return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`
}

function hasTagOrDigest(reference: string): boolean {
  return reference.includes('@') || withoutTag(reference) !== reference
}

async function importImage({ query, version, engine, body, signal }: ApiRequest): Promise<Answer> {
  const source = query.text('fromSrc')
  if (source === '') throw invalidRequest('either fromImage or fromSrc must be given')
  if (source !== '-')
    throw notImplemented(`importing from ${source}`, `Fetch it yourself: curl ${source} | docker import -`)
  const reference = joinTag(query.text('repo'), query.text('tag'))
  const platform = version >= since.importPlatform ? readPlatform(query.text('platform')) : undefined
  const changes = query.all('changes').filter((change) => change !== '')
  return await progressAnswer(
    engine.images.import(
      {
        ...(reference === undefined ? {} : { reference }),
        message: query.maybe('message') ?? `Imported from ${source}`,
        ...(changes.length === 0 ? {} : { changes }),
        ...(platform === undefined ? {} : { platform }),
      },
      body,
      { signal },
    ),
    progressShape,
  )
}
