import { codedError, type BuildSpec } from '@moby/contracts'
import type { BuildkitEnd, BuildLine } from '../../buildkit/buildkit-end.ts'
import type { Answer, ApiRequest } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { progressAnswer } from '../progress-answer.ts'
import { buildOutputs, buildSpec } from './build-spec.ts'
import { quietly } from './quietly.ts'

/**
 * A build of BuildKit that comes without its protocol, as from dockerode: the context is the body, and what it tells are
 * states of BuildKit in base64. Fails with NOT_SUPPORTED where builds are bridged to a daemon.
 */
export async function buildByBuildkit(request: ApiRequest, buildkit: BuildkitEnd): Promise<Answer> {
  const { query, body, signal, engine } = request
  if (buildkit.buildArchive === undefined) {
    throw codedError('NOT_SUPPORTED', 'Builds go to the BuildKit daemon in its own protocol alone', {
      hint: 'Build with buildx, or without version=2 by the builder of the engine.',
    })
  }
  const wish = {
    spec: withoutClassic(buildSpec(request)),
    id: query.text('buildid'),
    session: query.text('session'),
    outputs: buildOutputs(request),
  }
  const lines = buildkit.buildArchive({ ...wish, body, signal }, engine)
  if (query.bool('q')) return await progressAnswer(quietly(lines, quietLines), quietShape)
  return await progressAnswer(lines, lineShape)
}

/** What the classic builder knows and BuildKit does not. */
function withoutClassic(spec: BuildSpec): BuildSpec {
  const { network, args } = spec
  if (network !== undefined && !['', 'default', 'host', 'none'].includes(network)) {
    throw invalidRequest(`network mode ${JSON.stringify(network)} not supported by buildkit`)
  }
  if (spec.remote === 'upload-request') {
    throw codedError('NOT_SUPPORTED', 'A context that is uploaded by a request of its own is not supported', {
      hint: 'Send the context as the body of the build.',
    })
  }
  // An argument without a value is one that the client does not have.
  return { ...spec, args: Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null)) }
}

const quietLines = {
  isImage: (line: BuildLine) => 'image' in line,
  sizeOf: (line: BuildLine) => ('image' in line ? undefined : line.status.length),
}

function lineShape(line: BuildLine): object {
  if ('image' in line) return { id: 'moby.image.id', aux: { ID: line.image } }
  return { id: 'moby.buildkit.trace', aux: Buffer.from(line.status).toString('base64') }
}

/** With `-q` the id is what the build prints. */
function quietShape(line: BuildLine): object {
  return 'image' in line ? { stream: `${line.image}\n` } : lineShape(line)
}
