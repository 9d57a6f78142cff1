import { cpus } from 'node:os'
import type { Resources } from '../schemas/resources.ts'
import { invalidRequest, notImplemented } from '../wire/api-error.ts'

/** Docker's least memory limit in bytes. */
const leastMemory = 6 * 1024 * 1024

/**
 * Refuses limits that contradict each other or that this engine does not offer; nothing given is passed over.
 * Fails with API_REQUEST_INVALID in Docker's words, or API_NOT_IMPLEMENTED naming the field.
 */
export function checkResources(given: Resources, update: boolean): void {
  if (update) checkUpdatable(given)
  checkOffered(given)
  checkMemory(given, update)
  checkCpu(given)
}

/** What is settled when a container is created. */
const lists = [
  'BlkioWeightDevice',
  'BlkioDeviceReadBps',
  'BlkioDeviceWriteBps',
  'BlkioDeviceReadIOps',
  'BlkioDeviceWriteIOps',
  'DeviceRequests',
] as const

function checkUpdatable(given: Resources): void {
  for (const field of lists) {
    if ((given[field]?.length ?? 0) > 0) throw notImplemented(`updating ${field}`)
  }
}

function checkOffered(given: Resources): void {
  if (given.KernelMemoryTCP) throw notImplemented('HostConfig.KernelMemoryTCP')
  if (given.KernelMemory) throw notImplemented('HostConfig.KernelMemory', 'Kernels since 5.16 have no such limit.')
  if (given.CpuCount) throw invalidRequest('invalid option: CpuCount is not supported on linux')
  if (given.CpuPercent) throw invalidRequest('invalid option: CpuPercent is not supported on linux')
  if (given.IOMaximumBandwidth) {
    throw invalidRequest('invalid option: QoS maximum bandwidth configuration is not supported on linux')
  }
  if (given.IOMaximumIOps) {
    throw invalidRequest('invalid option: QoS maximum IOPs configuration is not supported on linux')
  }
}

function checkMemory(given: Resources, update: boolean): void {
  const { Memory: memory = 0, MemorySwap: swap = 0, MemoryReservation: reservation = 0 } = given
  if (memory !== 0 && memory < leastMemory) throw invalidRequest('Minimum memory limit allowed is 6MB')
  if (swap < -1) throw invalidRequest(`Invalid value: ${swap}, MemorySwap is -1 for unlimited or a number of bytes`)
  if (memory > 0 && swap > 0 && swap < memory) {
    throw invalidRequest('Minimum memoryswap limit should be larger than memory limit, see usage')
  }
  if (memory === 0 && swap > 0 && !update) {
    throw invalidRequest('You should always set the Memory limit when using Memoryswap limit, see usage')
  }
  const swappiness = given.MemorySwappiness ?? -1
  if (swappiness < -1 || swappiness > 100) {
    throw invalidRequest(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`)
  }
  if (reservation !== 0 && reservation < leastMemory) throw invalidRequest('Minimum memory reservation allowed is 6MB')
  if (memory > 0 && memory < reservation) {
    throw invalidRequest('Minimum memory limit can not be less than memory reservation limit, see usage')
  }
}

function checkCpu(given: Resources): void {
  const { NanoCpus: nano = 0, CpuPeriod: period = 0, CpuQuota: quota = 0 } = given
  if (nano > 0 && period > 0) throw invalidRequest('Conflicting options: Nano CPUs and CPU Period cannot both be set')
  if (nano > 0 && quota > 0) throw invalidRequest('Conflicting options: Nano CPUs and CPU Quota cannot both be set')
  const count = cpus().length
  if (nano < 0 || nano > count * 1e9) {
    throw invalidRequest(`range of CPUs is from 0.01 to ${count}.00, as there are only ${count} CPUs available`)
  }
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    throw invalidRequest('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)')
  }
  if (quota > 0 && quota < 1000) throw invalidRequest('CPU cfs quota can not be less than 1ms (i.e. 1000)')
  if ((given.CpuShares ?? 0) < 0) {
    throw invalidRequest(`invalid CPU shares (${given.CpuShares}): value must be a positive integer`)
  }
  const { CpuRealtimePeriod: rtPeriod = 0, CpuRealtimeRuntime: rtRuntime = 0 } = given
  if (rtPeriod !== 0 && rtRuntime > rtPeriod) {
    throw invalidRequest('cpu real-time runtime cannot be higher than cpu real-time period')
  }
}
