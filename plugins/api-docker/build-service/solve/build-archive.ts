import { randomUUID } from 'node:crypto'
import { codedError, isCodedError, type BuildSpec, type ErrorCode } from '@moby/contracts'
import { GrpcFailure } from '../../buildkit/grpc-failure.ts'
import type { ArchiveBuild, BuildLine } from '../../buildkit/buildkit-end.ts'
import { exportResult } from '../export/export-result.ts'
import type { Exporter } from '../messages/control-messages.ts'
import type { ServiceParts } from '../services/control-service.ts'
import { keepContext, passOn } from '../session/keep-context.ts'
import { BuildJob } from './build-job.ts'
import { runBuild, type BuildPlan } from './run-frontend.ts'

/** Asks for the folders of the session in place of what comes with the request. */
const clientSession = 'client-session'

/**
 * `POST /build?version=2`: a build whose context comes with the request, told in BuildKit's words. It ends with whoever
 * reads it. Errors, before anything is told or after: BUILD_*, DOCKERFILE_INVALID and others of the builder, in the words
 * of BuildKit. Source: builder/builder-next of Docker.
 */
export async function* buildArchive(
  parts: Omit<ServiceParts, 'jobs'>,
  { spec: asked, session, outputs, body, signal: given }: ArchiveBuild,
): AsyncGenerator<BuildLine, void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([given, ended.signal])
  const { tags, ...spec } = asked
  for (const name of tags) await parts.engine.images.checkName({ name }, { signal })
  const job = new BuildJob(randomUUID(), session, exportersOf(outputs, tags))
  const work = build(parts, job, { ...spec, tags: [] }, body, signal).finally(() => job.end())
  work.catch(() => undefined)
  try {
    for await (const status of job.progress.follow(signal)) yield { status }
    const image = await work
    if (image !== undefined) yield { image }
  } catch (error) {
    throw inWords(error)
  } finally {
    ended.abort()
    await work.catch(() => undefined)
  }
}

async function build(
  parts: Omit<ServiceParts, 'jobs'>,
  job: BuildJob,
  { remote, ...spec }: BuildSpec,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { engine, sessions, folder } = parts
  const isFolder = remote === clientSession
  const comes = remote === undefined
  const plan: BuildPlan = {
    spec,
    sources: {
      filename: spec.dockerfile,
      dockerfile: 'dockerfile',
      context: 'context',
      isLocalDockerfile: false,
      remote: isFolder ? undefined : remote,
      sessions: new Map(),
    },
  }
  // Without a session nobody can be asked for anything.
  const keep = () => (job.session === '' ? passOn(body) : keepContext(body, { folder, dockerfile: spec.dockerfile }))
  const context = comes ? await keep() : undefined
  try {
    const given = context === undefined ? plan : { ...plan, context }
    const result = await runBuild({ builder: engine.builder, sessions, job, signal }, async () => given)
    const told = await exportResult({ engine, sessions, folder, job, signal }, result)
    return told['containerimage.digest']
  } finally {
    await context?.close()
  }
}

function exportersOf(outputs: readonly Exporter[], tags: readonly string[]): readonly Exporter[] {
  const [first, ...others] = outputs
  if (others.length > 0) {
    throw codedError('NOT_SUPPORTED', 'multiple outputs not supported', { hint: 'Build once for each output.' })
  }
  const name = tags.join(',')
  if (first === undefined) return [{ type: 'moby', attributes: { name } }]
  if (first.type === 'cacheonly') return []
  const { type, attributes } = first
  return [{ type, attributes: type === 'image' || type === 'moby' ? { ...attributes, name } : attributes }]
}

/** Failures of calls are those of a client that builds by calls; here they are errors of the engine. */
function inWords(error: unknown): unknown {
  if (!(error instanceof GrpcFailure)) return error
  const { cause } = error
  return codedError(isCodedError(cause) ? (cause.code as ErrorCode) : 'BUILD_STEP_FAILED', error.message, { cause })
}
