import { bytes, int32, int64, string } from '../protobuf/field.ts'
import { nested, repeatedMessage } from '../protobuf/composite-field.ts'
import { message } from '../protobuf/message.ts'

const KeyValue = message('ttrpc.KeyValue', { key: string(1), value: string(2) })

/** Data of a request frame (containerd/ttrpc, request.proto). */
export const Request = message('ttrpc.Request', {
  service: string(1),
  method: string(2),
  payload: bytes(3),
  timeoutNano: int64(4),
  metadata: repeatedMessage(5, KeyValue),
})

const Status = message('google.rpc.Status', { code: int32(1), message: string(2) })

/** Data of a response frame: a status other than 0 is an error. */
export const Response = message('ttrpc.Response', { status: nested(1, Status), payload: bytes(2) })
