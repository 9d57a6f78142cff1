import { codedError } from '@moby/contracts'
import { GrpcFailure } from '../../buildkit/grpc-failure.ts'
import type { Handles } from '../../server/handles.ts'
import type { Methods, ServedCall } from '../calls/serve-call.ts'
import { exportResult } from '../export/export-result.ts'
import {
  InfoResponse,
  ListWorkersResponse,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  type Exporter,
} from '../messages/control-messages.ts'
import type { Sessions } from '../session/sessions.ts'
import { BuildJob, type BuildResult } from '../solve/build-job.ts'
import type { BuildJobs } from '../solve/build-jobs.ts'
import { runFrontend } from '../solve/run-frontend.ts'
import { usageMethods } from './usage-methods.ts'
import { builderVersion, describeWorker } from './worker.ts'

export interface ServiceParts {
  readonly engine: Handles
  readonly sessions: Sessions
  readonly jobs: BuildJobs
  /** Folder for files that are on their way. */
  readonly folder: string
}

const control = '/moby.buildkit.v1.Control'

/** moby.buildkit.v1.Control: workers, builds and what they tell, and the cache. */
export function controlMethods(parts: ServiceParts): Methods {
  return {
    [`${control}/Info`]: async () => InfoResponse.encode({ version: builderVersion }),
    [`${control}/ListWorkers`]: async ({ signal }) =>
      ListWorkersResponse.encode({ records: [await describeWorker(parts.engine, signal)] }),
    [`${control}/Solve`]: (call) => solve(parts, call),
    [`${control}/Status`]: (call) => status(parts, call),
    ...usageMethods(control, parts.engine),
    '/grpc.health.v1.Health/Check': async () => serving,
  }
}

/** grpc.health.v1.HealthCheckResponse: its status, 1, is SERVING. */
const serving = Uint8Array.of(0x08, 1)

async function* status({ jobs }: ServiceParts, { message, signal }: ServedCall): AsyncGenerator<Uint8Array, void> {
  const job = await jobs.findAny(StatusRequest.decode(message).ref, signal)
  yield* job.progress.follow(signal)
}

async function solve(parts: ServiceParts, { message, signal }: ServedCall): Promise<Uint8Array> {
  const request = SolveRequest.decode(message)
  refuse(request)
  const job = new BuildJob(request.ref, request.session, exportersOf(request))
  parts.jobs.begin(job)
  try {
    for (const name of job.names) await parts.engine.images.checkName({ name }, { signal })
    const result = await resultOf(parts, job, request, signal)
    return SolveResponse.encode({ exporterResponse: await exportResult({ ...parts, job, signal }, result) })
  } catch (error) {
    job.fail(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    job.end()
    parts.jobs.end(job)
  }
}

/** Without a frontend the client runs one of its own, by the service of the gateway. */
async function resultOf(
  { engine: { builder }, sessions }: ServiceParts,
  job: BuildJob,
  { frontend, frontendOptions }: SolveRequest,
  signal: AbortSignal,
): Promise<BuildResult> {
  if (frontend === '') return await job.returned(signal)
  return await runFrontend({ builder, sessions, job, signal }, { frontend, options: frontendOptions })
}

/** The old fields are a copy of the first exporter, for daemons that know no others. */
function exportersOf({ exporters, exporterDeprecated, attributesDeprecated }: SolveRequest): readonly Exporter[] {
  if (exporters.length > 0 || exporterDeprecated === '') return exporters
  return [{ type: exporterDeprecated, attributes: attributesDeprecated }]
}

function refuse({ definition, sourcePolicy, cache, frontendInputs }: SolveRequest): void {
  if (definition.length > 0) {
    throw codedError(
      'NOT_SUPPORTED',
      'Builds that are given as LLB are not supported: this builder reads Dockerfiles',
      {
        hint: 'Name a BuildKit daemon in the configuration of api-docker.',
      },
    )
  }
  if (Object.keys(frontendInputs).length > 0) throw noInputs(Object.keys(frontendInputs))
  if (sourcePolicy.length > 0) {
    throw codedError('NOT_SUPPORTED', 'Source policies are not kept by this builder', {
      hint: 'Leave EXPERIMENTAL_BUILDKIT_SOURCE_POLICY unset, or name a BuildKit daemon.',
    })
  }
  const external = cache?.exports.find(({ type }) => type !== 'inline')
  if (external !== undefined) {
    throw codedError(
      'NOT_SUPPORTED',
      `The cache of this builder cannot be exported (--cache-to type=${external.type})`,
      {
        hint: 'Leave --cache-to out: the cache stays in the engine.',
      },
    )
  }
}

/** Contexts that are given as LLB: those of git, and of other targets. */
export function noInputs(names: readonly string[]): GrpcFailure | Error {
  return codedError(
    'NOT_SUPPORTED',
    `Contexts that another build or git provides are not supported: ${names.join(', ')}`,
    {
      hint: 'Name images, or folders of this machine, as contexts.',
    },
  )
}
