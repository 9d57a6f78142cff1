export { TtrpcClient, type TtrpcCallOptions } from './client.ts'
export {
  mapOf,
  nested,
  repeatedBytes,
  repeatedMessage,
  repeatedString,
  repeatedUint64,
  stringMap,
} from './protobuf/composite-field.ts'
export { bool, bytes, exactInt64, int32, int64, string, uint32, uint64, type Field } from './protobuf/field.ts'
export { message, type MessageType, type MessageValue } from './protobuf/message.ts'
export { rawFields, type RawField } from './protobuf/raw-fields.ts'
export { Any, Empty, formatTimestamp, packAny, Timestamp } from './protobuf/well-known.ts'
export { TtrpcServer, type TtrpcCallContext } from './server.ts'
export { defineMethod, type Method } from './service.ts'
