import { isCodedError, type BuildProgress } from '@moby/contracts'
import type { Answer, Route } from '../../server/route.ts'
import { buildSpec } from './build-spec.ts'

/** `docker build` without BuildKit: a context goes in, lines of progress come out. */
export const buildImage: Route = {
  method: 'POST',
  path: '/build',
  async handle(request) {
    const spec = buildSpec(request)
    const progress = request.engine.builder.build(spec, request.body, { signal: request.signal })
    return await buildAnswer(progress, request.query.bool('q'))
  },
}

/** Errors before the first step are answers of their own; later ones are told in the stream, as dockerd does. */
async function buildAnswer(progress: AsyncIterable<BuildProgress>, quiet: boolean): Promise<Answer> {
  const iterator = progress[Symbol.asyncIterator]()
  const first = await iterator.next()
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      try {
        for (let next = first; next.done !== true; next = await iterator.next()) {
          const shape = quiet ? quietShape(next.value) : progressShape(next.value)
          if (shape !== undefined) yield `${JSON.stringify(shape)}\r\n`
        }
      } catch (error) {
        if (!isCodedError(error)) throw error
        const code = error.details?.['exitCode']
        const detail = { ...(typeof code === 'number' ? { code } : {}), message: error.message }
        yield `${JSON.stringify({ errorDetail: detail, error: error.message })}\r\n`
      } finally {
        await iterator.return?.()
      }
    })(),
  }
}

function progressShape({ stream, status, id, current, total, imageId }: BuildProgress): object | undefined {
  if (imageId !== undefined) return { aux: { ID: imageId } }
  if (stream !== undefined) return { stream }
  if (status === undefined) return undefined
  const detail = {
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
  }
  return { status, progressDetail: detail, ...(id === undefined ? {} : { id }) }
}

/** With `-q` nothing but the id is told. */
function quietShape({ imageId }: BuildProgress): object | undefined {
  return imageId === undefined ? undefined : { stream: `${imageId}\n` }
}
