import { codedError, type BuildSpec } from '@moby/contracts'
import type { Handles } from '../../server/handles.ts'
import { beginStep, BuilderSteps } from '../progress/steps.ts'
import { archiveOfFiles, type Transfer } from '../session/archive-of-files.ts'
import { askCredentials, askSecrets } from '../session/ask-client.ts'
import type { ClientSession } from '../session/client-session.ts'
import type { KeptContext } from '../session/keep-context.ts'
import { receiveFiles } from '../session/receive-files.ts'
import type { Sessions } from '../session/sessions.ts'
import { isUpload, receiveUpload } from '../session/upload.ts'
import type { BuildJob, BuildResult } from './build-job.ts'
import { buildFailure, type Place } from './build-failure.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { readOptions, type BuildOptions, type BuildSources } from './read-options.ts'
import { registryOf } from './registry-of.ts'

/** What a client asks to be built. */
export interface FrontendRequest {
  readonly frontend: string
  readonly options: Readonly<Record<string, string>>
}

/** What is to be built, and of what. */
export interface BuildPlan extends BuildOptions {
  /** The context where it came with the request itself, as an archive. */
  readonly context?: KeptContext
}

interface Parts {
  readonly builder: Handles['builder']
  readonly sessions: Sessions
  readonly job: BuildJob
  readonly signal: AbortSignal
}

/** Builds by the frontend `dockerfile.v0`. Errors: GrpcFailure, with the place in the Dockerfile where it is known. */
export async function runFrontend(parts: Parts, request: FrontendRequest): Promise<BuildResult> {
  return await runBuild(parts, async () => {
    refuseFrontend(request)
    return readOptions(request.options)
  })
}

/** Builds what `plan` answers; what that fails with is an error of the build too. Errors: those of `runFrontend`. */
export async function runBuild(parts: Parts, plan: () => Promise<BuildPlan>): Promise<BuildResult> {
  const { job, sessions, signal } = parts
  const steps = new BuilderSteps(job.progress)
  let place: Omit<Place, 'line'> = { filename: '', dockerfile: undefined }
  try {
    const { spec: asked, sources, context } = await plan()
    const { remote, filename } = sources
    const spec = remote === undefined || isUpload(remote) ? asked : { ...asked, remote }
    const sessionFor = (folder: string) => sessions.find(sources.sessions.get(folder) ?? job.session, signal)
    const definition =
      context === undefined
        ? await loadDefinition({ sources, progress: job.progress, signal, sessionFor })
        : { dockerfile: context.dockerfile, ignore: '' }
    place = { filename, dockerfile: definition.dockerfile }
    const whole = await completeSpec(parts, context === undefined ? withDefinition(spec, definition) : spec, definition)
    const content =
      context === undefined ? contextOf(parts, sources, whole.excluded, sessionFor) : passContext(parts, context)
    const image = await build(parts, steps, whole.spec, content)
    steps.end()
    return { image }
  } catch (error) {
    const failure = buildFailure(error, { ...place, line: steps.line })
    steps.end(failure.message)
    throw failure
  }
}

/** A frontend that the client names is an image of BuildKit; the one for Dockerfiles is spoken by the builder. */
function refuseFrontend({ frontend, options }: FrontendRequest): void {
  if (frontend === 'dockerfile.v0') return
  const source = options['source'] ?? ''
  if (frontend === 'gateway.v0' && /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(source)) return
  throw codedError('NOT_SUPPORTED', `The frontend ${source === '' ? frontend : source} is not supported`, {
    hint: 'This builder reads Dockerfiles; for other frontends name a BuildKit daemon in the configuration of api-docker.',
  })
}

function withDefinition(spec: BuildSpec, { dockerfile, ignore }: Definition): BuildSpec {
  return dockerfile === undefined ? spec : { ...spec, dockerfileContent: dockerfile, ignoreContent: ignore }
}

/** Asks the client for what the Dockerfile will need of it. */
async function completeSpec(
  { builder, sessions, job, signal }: Parts,
  spec: BuildSpec,
  { dockerfile }: Pick<Definition, 'dockerfile'>,
) {
  if (dockerfile === undefined) return { spec, excluded: [] }
  const { images, secrets, excluded } = await builder.examine({ ...spec, dockerfileContent: dockerfile }, { signal })
  if (images.length === 0 && secrets.length === 0) return { spec, excluded }
  const session = await sessions.find(job.session, signal)
  const hosts = [...new Set(images.map(registryOf))]
  const registries = hosts.length === 0 ? {} : await askCredentials(session, hosts, signal)
  const known = { ...spec.registries, ...registries }
  return { spec: { ...spec, registries: known, secrets: await askSecrets(session, secrets, signal) }, excluded }
}

/** The context as an archive. It is asked for when the builder begins to read. */
async function* contextOf(
  { job, sessions, signal }: Parts,
  { remote, context }: BuildSources,
  exclude: readonly string[],
  sessionFor: (folder: string) => Promise<ClientSession>,
): AsyncGenerator<Uint8Array, void> {
  if (remote !== undefined && !isUpload(remote)) return
  const transfer: Transfer = { bytes: 0 }
  const files = async function* () {
    const folder = { folder: context, exclude }
    yield* archiveOfFiles(receiveFiles(await sessionFor(context), folder, signal), transfer)
  }
  const upload = async function* (url: string) {
    yield* countInto(transfer, receiveUpload(await sessions.find(job.session, signal), url, signal))
  }
  yield* tellTransfer(job, '[internal] load build context', transfer, remote === undefined ? files() : upload(remote))
}

/** What came with the request. */
async function* passContext({ job }: Parts, context: KeptContext): AsyncGenerator<Uint8Array, void> {
  const transfer: Transfer = { bytes: 0 }
  const content = countInto(transfer, context.content())
  yield* tellTransfer(job, '[internal] load remote build context', transfer, content)
}

async function* countInto(transfer: Transfer, archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const piece of archive) {
    transfer.bytes += piece.length
    yield piece
  }
}

async function* tellTransfer(
  job: BuildJob,
  name: string,
  transfer: Transfer,
  archive: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const step = beginStep(job.progress, name)
  try {
    let told = 0
    for await (const piece of archive) {
      if (Date.now() - told > 200) {
        told = Date.now()
        step.status({ id: 'transferring context:', current: transfer.bytes })
      }
      yield piece
    }
    step.status({ id: 'transferring context:', current: transfer.bytes, done: true })
    step.end()
  } catch (error) {
    step.end({ error: error instanceof Error ? error.message : String(error) })
    throw error
  } finally {
    step.end()
  }
}

async function build(
  { builder, signal }: Parts,
  steps: BuilderSteps,
  spec: BuildSpec,
  context: AsyncGenerator<Uint8Array, void>,
): Promise<string> {
  let image: string | undefined
  for await (const progress of builder.build(spec, context, { signal })) {
    steps.take(progress)
    image = progress.imageId ?? image
  }
  if (image === undefined) throw codedError('BUILD_STEP_FAILED', 'The builder has told no image')
  return image
}
