import { codedError, type BuildProgress } from '@moby/contracts'
import type { BuildkitEnd } from '../../buildkit/buildkit-end.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import type { Route } from '../../server/route.ts'
import { progressAnswer } from '../progress-answer.ts'
import { buildByBuildkit } from './build-by-buildkit.ts'
import { buildSpec } from './build-spec.ts'
import { quietly } from './quietly.ts'

/** A context goes in, lines of progress come out: those of the classic builder, or with `version=2` those of BuildKit. */
export function buildRoute(buildkit: BuildkitEnd): Route {
  return {
    method: 'POST',
    path: '/build',
    async handle(request) {
      const version = request.query.text('version')
      if (version === '2') return await buildByBuildkit(request, buildkit)
      if (version !== '' && version !== '1') throw invalidRequest(`invalid version ${JSON.stringify(version)}`)
      if (request.query.text('outputs') !== '') {
        throw codedError('NOT_SUPPORTED', 'Outputs of a build other than an image need BuildKit')
      }
      const spec = buildSpec(request)
      const progress = request.engine.builder.build(spec, request.body, { signal: request.signal })
      if (request.query.bool('q')) return await progressAnswer(quietly(progress, quietItems), quietShape)
      return await progressAnswer(progress, progressShape)
    },
  }
}

const quietItems = {
  isImage: ({ imageId }: BuildProgress) => imageId !== undefined,
  sizeOf: ({ stream }: BuildProgress) => stream?.length,
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

/** With `-q` the id is what the build prints. */
function quietShape(item: BuildProgress): object | undefined {
  return item.imageId === undefined ? progressShape(item) : { stream: `${item.imageId}\n` }
}
