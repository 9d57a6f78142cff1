import type { ResourceSpec } from '@moby/contracts'
import type { Resources } from '../schemas/resources.ts'

/** Docker's Resources without what is at its default. What is not offered has been refused before. */
export function toResources(given: Resources): ResourceSpec {
  const memory = given.Memory ?? 0
  const swap = given.MemorySwap || (memory > 0 ? memory * 2 : 0)
  const pids = given.PidsLimit ?? 0
  const swappiness = given.MemorySwappiness ?? -1
  return {
    ...positive('memoryBytes', memory),
    ...(swap === 0 ? {} : { memorySwapBytes: swap }),
    ...positive('memoryReservationBytes', given.MemoryReservation),
    ...(swappiness < 0 ? {} : { memorySwappiness: swappiness }),
    ...(given.OomKillDisable === true ? { oomKillDisable: true } : {}),
    ...positive('nanoCpus', given.NanoCpus),
    ...positive('cpuShares', given.CpuShares),
    ...positive('cpuPeriodUs', given.CpuPeriod),
    ...(given.CpuQuota ? { cpuQuotaUs: given.CpuQuota } : {}),
    ...positive('cpuRealtimePeriodUs', given.CpuRealtimePeriod),
    ...positive('cpuRealtimeRuntimeUs', given.CpuRealtimeRuntime),
    ...(given.CpusetCpus ? { cpusetCpus: given.CpusetCpus } : {}),
    ...(given.CpusetMems ? { cpusetMems: given.CpusetMems } : {}),
    ...positive('pidsLimit', pids),
    ...positive('blkioWeight', given.BlkioWeight),
    ...(given.BlkioWeightDevice?.length
      ? {
          blkioWeightDevices: given.BlkioWeightDevice.map(({ Path = '', Weight = 0 }) => ({
            path: Path,
            weight: Weight,
          })),
        }
      : {}),
    ...rates('blkioReadBps', given.BlkioDeviceReadBps),
    ...rates('blkioWriteBps', given.BlkioDeviceWriteBps),
    ...rates('blkioReadIops', given.BlkioDeviceReadIOps),
    ...rates('blkioWriteIops', given.BlkioDeviceWriteIOps),
  }
}

function rates<K extends keyof ResourceSpec>(key: K, given: Resources['BlkioDeviceReadBps'] = []) {
  if (given.length === 0) return {}
  return { [key]: given.map(({ Path = '', Rate = 0 }) => ({ path: Path, rate: Rate })) } as Pick<ResourceSpec, K>
}

function positive<K extends keyof ResourceSpec>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined || value <= 0 ? {} : ({ [key]: value } as { [P in K]?: number })
}

/** The same for an update, where 0 and -1 lift the limit of processes and absent fields keep what is. */
export function toResourceUpdate(given: Resources): ResourceSpec {
  const { memorySwapBytes: _derived, ...resources } = toResources(given)
  return {
    ...resources,
    ...(given.MemorySwap ? { memorySwapBytes: given.MemorySwap } : {}),
    ...(given.PidsLimit !== undefined && given.PidsLimit <= 0 ? { pidsLimit: -1 } : {}),
  }
}
