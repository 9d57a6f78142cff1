import { bool, fields, integer, list, text, textMap, texts, unsigned, type Decoded } from '../wire/decode.ts'

const WeightDevice = fields({ Path: text, Weight: unsigned })
const ThrottleDevice = fields({ Path: text, Rate: unsigned })

/** The fields of Docker's Resources, which HostConfig and the body of an update share. */
export const resourceFields = {
  CpuShares: integer,
  Memory: integer,
  NanoCpus: integer,
  CgroupParent: text,
  BlkioWeight: unsigned,
  BlkioWeightDevice: list(WeightDevice),
  BlkioDeviceReadBps: list(ThrottleDevice),
  BlkioDeviceWriteBps: list(ThrottleDevice),
  BlkioDeviceReadIOps: list(ThrottleDevice),
  BlkioDeviceWriteIOps: list(ThrottleDevice),
  CpuPeriod: integer,
  CpuQuota: integer,
  CpuRealtimePeriod: integer,
  CpuRealtimeRuntime: integer,
  CpusetCpus: text,
  CpusetMems: text,
  Devices: list(fields({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text })),
  DeviceCgroupRules: texts,
  DeviceRequests: list(
    fields({ Driver: text, Count: integer, DeviceIDs: texts, Capabilities: list(texts), Options: textMap }),
  ),
  KernelMemory: integer,
  KernelMemoryTCP: integer,
  MemoryReservation: integer,
  MemorySwap: integer,
  MemorySwappiness: integer,
  OomKillDisable: bool,
  PidsLimit: integer,
  Ulimits: list(fields({ Name: text, Hard: integer, Soft: integer })),
  CpuCount: integer,
  CpuPercent: integer,
  IOMaximumIOps: unsigned,
  IOMaximumBandwidth: unsigned,
}

export const RestartPolicy = fields({ Name: text, MaximumRetryCount: integer })

export const Resources = fields(resourceFields)
export type Resources = Decoded<typeof Resources>

/** Body of POST /containers/{id}/update. */
export const UpdateConfig = fields({ ...resourceFields, RestartPolicy })
export type UpdateConfig = Decoded<typeof UpdateConfig>
