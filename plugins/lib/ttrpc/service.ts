import type { MessageType } from './protobuf/message.ts'

/** One unary method of a service. */
export interface Method<Request, Response> {
  readonly service: string
  readonly name: string
  readonly request: MessageType<Request>
  readonly response: MessageType<Response>
}

/** The same methods may be served under several names: `containerd.task.v2.Task` and `containerd.task.v3.Task`. */
export function defineMethod<Request, Response>(
  service: string,
  name: string,
  request: MessageType<Request>,
  response: MessageType<Response>,
): Method<Request, Response> {
  return { service, name, request, response }
}
