import { declareFunction } from './binding.ts'
import { checked } from './syscall.ts'

const getsockopt = declareFunction<
  (descriptor: number, level: number, option: number, value: Uint32Array, length: Uint32Array) => number
>('int getsockopt(int descriptor, int level, int option, void *value, void *length)')

/** Who connected to a Unix socket, as of the moment of connecting (SO_PEERCRED). */
export function peerCredentials(descriptor: number): { uid: number; gid: number; pid: number } {
  const [socketLevel, peerCredentialsOption] = [1, 17]
  const value = new Uint32Array(3) // struct ucred
  const length = new Uint32Array([value.byteLength])
  checked(
    getsockopt(descriptor, socketLevel, peerCredentialsOption, value, length),
    'getsockopt(SO_PEERCRED)',
    `socket ${descriptor}`,
  )
  const [pid = 0, uid = 0, gid = 0] = value
  return { uid, gid, pid }
}
