import {
  bytes,
  exactInt64,
  int32,
  int64,
  mapOf,
  message,
  nested,
  string,
  uint32,
  type MessageValue,
} from '@moby/lib-ttrpc'

// What a build asks its client. Sources: session/filesync, session/auth, session/secrets and session/upload of BuildKit;
// types/wire.proto and types/stat.proto of fsutil.

/** fsutil.types.Stat. Names are bytes, as those of files are. */
export const Stat = message('fsutil.types.Stat', {
  path: bytes(1),
  /** Bits of Go's os.FileMode. */
  mode: uint32(2),
  uid: uint32(3),
  gid: uint32(4),
  size: int64(5),
  /** Nanoseconds since 1970. */
  modifiedAt: exactInt64(6),
  /** Target of a symbolic link, or the first path of a file that has several. */
  linkName: bytes(7),
  major: int64(8),
  minor: int64(9),
  xattrs: mapOf(10, bytes),
})
export type Stat = MessageValue<typeof Stat>

export const packetTypes = { stat: 0, request: 1, data: 2, finish: 3, error: 4 } as const
/** fsutil.types.Packet */
export const Packet = message('fsutil.types.Packet', {
  type: int32(1),
  stat: nested(2, Stat),
  id: uint32(3),
  data: bytes(4),
})
export type Packet = MessageValue<typeof Packet>

export const CredentialsRequest = message('moby.filesync.v1.CredentialsRequest', { host: string(1) })
export const CredentialsResponse = message('moby.filesync.v1.CredentialsResponse', {
  username: string(1),
  secret: string(2),
})
export const GetSecretRequest = message('moby.buildkit.secrets.v1.GetSecretRequest', { id: string(1) })
export const GetSecretResponse = message('moby.buildkit.secrets.v1.GetSecretResponse', { data: bytes(1) })
