import {
  bool,
  bytes,
  mapOf,
  message,
  nested,
  repeatedMessage,
  string,
  stringMap,
  type MessageValue,
} from '@moby/lib-ttrpc'
import { RpcStatus } from '../../buildkit/rpc-status.ts'
import { WorkerRecord } from './control-messages.ts'

// moby.buildkit.v1.frontend: how a client runs the frontend of its build. Source: frontend/gateway/pb/gateway.proto.

const Capability = message('moby.buildkit.v1.apicaps.APICap', { id: string(1), enabled: bool(2) })
export const PongResponse = message('moby.buildkit.v1.frontend.PongResponse', {
  frontend: repeatedMessage(1, Capability),
  llb: repeatedMessage(2, Capability),
  workers: repeatedMessage(3, WorkerRecord),
})

const Ref = message('moby.buildkit.v1.frontend.Ref', { id: string(1), definition: bytes(2) })
const RefMap = message('moby.buildkit.v1.frontend.RefMap', { refs: mapOf(1, (number) => nested(number, Ref)) })
/** One of its results is set. */
export const Result = message('moby.buildkit.v1.frontend.Result', {
  refDeprecated: string(1),
  ref: nested(3, Ref),
  refs: nested(4, RefMap),
  metadata: mapOf(10, bytes),
})
export type Result = MessageValue<typeof Result>

export const GatewaySolveRequest = message('moby.buildkit.v1.frontend.SolveRequest', {
  definition: bytes(1),
  frontend: string(2),
  options: stringMap(3),
  allowResultReturn: bool(5),
  inputs: mapOf(13, bytes),
})
export const GatewaySolveResponse = message('moby.buildkit.v1.frontend.SolveResponse', {
  ref: string(1),
  result: nested(3, Result),
})

export const ReturnRequest = message('moby.buildkit.v1.frontend.ReturnRequest', {
  result: nested(1, Result),
  error: nested(2, RpcStatus),
})
export const RefRequest = message('moby.buildkit.v1.frontend.EvaluateRequest', { ref: string(1) })
export const WarnRequest = message('moby.buildkit.v1.frontend.WarnRequest', {
  digest: string(1),
  short: bytes(3),
})
