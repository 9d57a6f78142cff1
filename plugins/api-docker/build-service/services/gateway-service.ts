import { codedError } from '@moby/contracts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import type { Methods, ServedCall } from '../calls/serve-call.ts'
import {
  GatewaySolveRequest,
  GatewaySolveResponse,
  PongResponse,
  RefRequest,
  ReturnRequest,
  type Result,
} from '../messages/gateway-messages.ts'
import type { BuildJob, BuildResult } from '../solve/build-job.ts'
import { runFrontend } from '../solve/run-frontend.ts'
import { noInputs, type ServiceParts } from './control-service.ts'
import { describeWorker } from './worker.ts'

const gateway = '/moby.buildkit.v1.frontend.LLBBridge'
/** Names the build that a call is about. */
const buildHeader = 'buildkit-controlapi-buildid'
const nothing = new Uint8Array()

/** What a frontend in the client may do here. Source: frontend/gateway/pb/caps.go of BuildKit. */
const frontendCapabilities = ['solve.base', 'return', 'proto.refarray', 'gateway.solve.metadata', 'gateway.evaluate']
/** What builds may be given beside Dockerfiles. Source: solver/pb/caps.go of BuildKit. */
const buildCapabilities = ['exporter.multiple']

/**
 * moby.buildkit.v1.frontend.LLBBridge, as far as a client needs it whose own frontend hands the work back: buildx begins
 * each build without a frontend and asks for `dockerfile.v0` here.
 */
export function gatewayMethods(parts: ServiceParts): Methods {
  return {
    [`${gateway}/Ping`]: async (call) => {
      await jobOf(parts, call)
      return PongResponse.encode({
        frontend: frontendCapabilities.map((id) => ({ id, enabled: true })),
        llb: buildCapabilities.map((id) => ({ id, enabled: true })),
        workers: [await describeWorker(parts.engine, call.signal)],
      })
    },
    [`${gateway}/Solve`]: (call) => solve(parts, call),
    [`${gateway}/Evaluate`]: async (call) => {
      // Whatever has an id was built before its id was told.
      const job = await jobOf(parts, call)
      job.resultOf(RefRequest.decode(call.message).ref)
      return nothing
    },
    [`${gateway}/Return`]: async (call) => {
      finish(await jobOf(parts, call), ReturnRequest.decode(call.message))
      return nothing
    },
  }
}

async function solve(parts: ServiceParts, call: ServedCall): Promise<Uint8Array> {
  const { definition, frontend, options, inputs, allowResultReturn } = GatewaySolveRequest.decode(call.message)
  const job = await jobOf(parts, call)
  if (definition.length > 0 || frontend === '') {
    throw codedError('NOT_SUPPORTED', 'Builds that are given as LLB are not supported: this builder reads Dockerfiles')
  }
  if (Object.keys(inputs).length > 0) throw noInputs(Object.keys(inputs))
  const signal = AbortSignal.any([call.signal, job.ending])
  const { sessions, engine } = parts
  const result = await runFrontend({ builder: engine.builder, sessions, job, signal }, { frontend, options })
  const id = job.keep(result)
  if (!allowResultReturn) return GatewaySolveResponse.encode({ ref: id })
  return GatewaySolveResponse.encode({
    result: { refDeprecated: '', ref: { id, definition: nothing }, refs: undefined, metadata: {} },
  })
}

function finish(job: BuildJob, { result, error }: ReturnType<typeof ReturnRequest.decode>): void {
  if (error !== undefined && error.code !== grpcCodes.ok) {
    job.fail(new GrpcFailure(error.code, error.message, { details: error.details }))
  } else {
    job.finish(resultOf(job, result))
  }
}

function resultOf(job: BuildJob, result: Result | undefined): BuildResult {
  const several = Object.values(result?.refs?.refs ?? {})
  if (several.length > 1) {
    throw codedError('NOT_SUPPORTED', 'Results for several platforms are not supported', {
      hint: 'Build once for each.',
    })
  }
  return job.resultOf(result?.ref?.id ?? several[0]?.id ?? result?.refDeprecated ?? '')
}

async function jobOf({ jobs }: ServiceParts, { header, signal }: ServedCall): Promise<BuildJob> {
  return await jobs.find(header(buildHeader) ?? '', signal)
}
