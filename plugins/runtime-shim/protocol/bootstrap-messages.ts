import { int32, message, string } from '@moby/lib-ttrpc'

/** What shims from 2.3 on read from the standard input of `start` (api/runtime/bootstrap/v1/bootstrap.proto). */
export const BootstrapParams = message('containerd.runtime.bootstrap.v1.BootstrapParams', {
  instanceId: string(1),
  namespace: string(2),
  /** 0 is info; -4 debug. */
  logLevel: int32(3),
  containerdVersion: string(4),
  ttrpcAddress: string(5),
  grpcAddress: string(6),
  binary: string(7),
  /** Absent: the shim's default folder. */
  socketDir: string(9),
})

/** What they answer with. */
export const BootstrapResult = message('containerd.runtime.bootstrap.v1.BootstrapResult', {
  version: int32(1),
  address: string(2),
  protocol: string(3),
})
