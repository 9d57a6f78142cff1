import { Type, type Static } from 'typebox'
import { Int64, StringMap, Uint16, Uint32, Uint64 } from '../schemas.ts'

/** One entry of the device allow-list. Absent numbers mean any. */
export const DeviceRule = Type.Object({
  allow: Type.Boolean(),
  /** `a`, `c` or `b`. */
  type: Type.Optional(Type.String()),
  major: Type.Optional(Int64),
  minor: Type.Optional(Int64),
  /** Some of `rwm`. */
  access: Type.Optional(Type.String()),
})
export type DeviceRule = Static<typeof DeviceRule>

/** Bytes; -1 is unlimited. */
export const MemoryLimits = Type.Object({
  limit: Type.Optional(Int64),
  reservation: Type.Optional(Int64),
  /** Memory and swap together. */
  swap: Type.Optional(Int64),
  kernel: Type.Optional(Int64),
  kernelTCP: Type.Optional(Int64),
  swappiness: Type.Optional(Uint64),
  disableOOMKiller: Type.Optional(Type.Boolean()),
  useHierarchy: Type.Optional(Type.Boolean()),
  checkBeforeUpdate: Type.Optional(Type.Boolean()),
})
export type MemoryLimits = Static<typeof MemoryLimits>

/** Times in microseconds. */
export const CpuLimits = Type.Object({
  shares: Type.Optional(Uint64),
  quota: Type.Optional(Int64),
  burst: Type.Optional(Uint64),
  period: Type.Optional(Uint64),
  realtimeRuntime: Type.Optional(Int64),
  realtimePeriod: Type.Optional(Uint64),
  /** Lists such as `0-3,7`. */
  cpus: Type.Optional(Type.String()),
  mems: Type.Optional(Type.String()),
  idle: Type.Optional(Int64),
})
export type CpuLimits = Static<typeof CpuLimits>

const WeightDevice = Type.Object({
  major: Int64,
  minor: Int64,
  weight: Type.Optional(Uint16),
  leafWeight: Type.Optional(Uint16),
})
/** Bytes or operations a second. */
const ThrottleDevice = Type.Object({ major: Int64, minor: Int64, rate: Type.Optional(Uint64) })

export const BlockIoLimits = Type.Object({
  weight: Type.Optional(Uint16),
  leafWeight: Type.Optional(Uint16),
  weightDevice: Type.Optional(Type.Array(WeightDevice)),
  throttleReadBpsDevice: Type.Optional(Type.Array(ThrottleDevice)),
  throttleWriteBpsDevice: Type.Optional(Type.Array(ThrottleDevice)),
  throttleReadIOPSDevice: Type.Optional(Type.Array(ThrottleDevice)),
  throttleWriteIOPSDevice: Type.Optional(Type.Array(ThrottleDevice)),
})
export type BlockIoLimits = Static<typeof BlockIoLimits>

/** Limits of the container's cgroup (runtime-spec, config-linux.md, "Control groups"). */
export const LinuxResources = Type.Object({
  devices: Type.Optional(Type.Array(DeviceRule)),
  memory: Type.Optional(MemoryLimits),
  cpu: Type.Optional(CpuLimits),
  pids: Type.Optional(Type.Object({ limit: Int64 })),
  blockIO: Type.Optional(BlockIoLimits),
  hugepageLimits: Type.Optional(
    Type.Array(Type.Object({ pageSize: Type.String({ pattern: '^[1-9][0-9]*[KMG]B$' }), limit: Uint64 })),
  ),
  network: Type.Optional(
    Type.Object({
      classID: Type.Optional(Uint32),
      priorities: Type.Optional(Type.Array(Type.Object({ name: Type.String(), priority: Uint32 }))),
    }),
  ),
  rdma: Type.Optional(
    Type.Record(Type.String(), Type.Object({ hcaHandles: Type.Optional(Uint32), hcaObjects: Type.Optional(Uint32) })),
  ),
  /** Files of cgroup v2 and what to write into them. */
  unified: Type.Optional(StringMap),
})
export type LinuxResources = Static<typeof LinuxResources>
