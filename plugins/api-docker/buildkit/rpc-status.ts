import { Any, int32, message, repeatedMessage, string, type MessageValue } from '@moby/lib-ttrpc'

/** google.rpc.Status */
export const RpcStatus = message('google.rpc.Status', {
  code: int32(1),
  message: string(2),
  details: repeatedMessage(3, Any),
})
export type RpcStatus = MessageValue<typeof RpcStatus>
