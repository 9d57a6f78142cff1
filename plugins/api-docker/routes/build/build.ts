import type { BuildProgress } from '@moby/contracts'
import type { Route } from '../../server/route.ts'
import { progressAnswer } from '../progress-answer.ts'
import { buildSpec } from './build-spec.ts'

/** `docker build` without BuildKit: a context goes in, lines of progress come out. */
export const buildImage: Route = {
  method: 'POST',
  path: '/build',
  async handle(request) {
    const spec = buildSpec(request)
    const progress = request.engine.builder.build(spec, request.body, { signal: request.signal })
    return await progressAnswer(progress, request.query.bool('q') ? quietShape : progressShape)
  },
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
