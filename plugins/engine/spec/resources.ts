import { codedError, type ResourceSpec } from '@moby/contracts'
import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { CgroupSupport } from './cgroup-support.ts'
import type { LinuxResources } from './oci.ts'

const minimumMemory = 6 * 1024 * 1024
const cpuPeriod = 100_000

/**
 * Checks limits as dockerd does. What the host cannot limit is taken out and told as a warning in dockerd's words;
 * contradictions fail with CONTAINER_SPEC_INVALID.
 */
export function checkResources(
  given: ResourceSpec,
  host: CgroupSupport,
): { resources: ResourceSpec; warnings: string[] } {
  const resources: { -readonly [K in keyof ResourceSpec]: ResourceSpec[K] } = { ...given }
  const warnings: string[] = []
  const discard = (
    keys: readonly (keyof ResourceSpec)[],
    supported: boolean,
    what: string,
    discarded = 'Limitation',
  ) => {
    if (supported || keys.every((key) => resources[key] === undefined)) return
    for (const key of keys) delete resources[key]
    warnings.push(`Your kernel does not support ${what} or the cgroup is not mounted. ${discarded} discarded.`)
  }
  dropZeroes(resources)
  checkMemory(resources)
  checkCpu(resources)
  discard(['memoryBytes', 'memorySwapBytes', 'memoryReservationBytes'], host.memory, 'memory limit capabilities')
  discard(['memorySwapBytes'], host.swap, 'swap limit capabilities')
  discard(['memorySwappiness'], host.memory && host.version === 1, 'memory swappiness capabilities')
  discard(['oomKillDisable'], host.oomKillDisable, 'OomKillDisable')
  if (resources.oomKillDisable === true && resources.memoryBytes === undefined) {
    warnings.push(
      'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.',
    )
  }
  discard(['cpuShares'], host.cpuShares, 'CPU shares')
  discard(['nanoCpus', 'cpuPeriodUs', 'cpuQuotaUs'], host.cpuQuota, 'CPU CFS scheduler')
  discard(['cpuRealtimePeriodUs', 'cpuRealtimeRuntimeUs'], host.cpuRealtime, 'CPU real-time scheduler')
  discard(['cpusetCpus', 'cpusetMems'], host.cpuset, 'cpuset')
  discard(['pidsLimit'], host.pids, 'PIDs limit capabilities')
  discard(['blkioWeight'], host.blkioWeight, 'Block I/O weight', 'Weight')
  const limits = [
    ['blkioWeightDevices', host.blkioWeightDevice, 'Block I/O weight_device', 'Weight-device'],
    ['blkioReadBps', host.blkioReadBps, 'BPS Block I/O read limit', 'Block I/O BPS read limit'],
    ['blkioWriteBps', host.blkioWriteBps, 'BPS Block I/O write limit', 'Block I/O BPS write limit'],
    ['blkioReadIops', host.blkioReadIops, 'IOPS Block read limit', 'Block I/O IOPS read limit'],
    ['blkioWriteIops', host.blkioWriteIops, 'IOPS Block write limit', 'Block I/O IOPS write limit'],
  ] as const
  for (const [key, supported, what, discarded] of limits) discard([key], supported, what, discarded)
  checkWeight(resources.blkioWeight)
  return { resources, warnings }
}

/** Zero means "not set" for these, as Docker clients send every field. */
function dropZeroes(resources: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(resources)) {
    if (value === undefined || value === '' || (value === 0 && key !== 'memorySwappiness')) delete resources[key]
    if (key === 'oomKillDisable' && value === false) delete resources[key]
    if (Array.isArray(value) && value.length === 0) delete resources[key]
  }
}

function checkWeight(weight: number | undefined): void {
  if (weight === undefined || (weight >= 10 && weight <= 1000)) return
  throw invalid('Range of blkio weight is from 10 to 1000')
}

function checkMemory(resources: ResourceSpec): void {
  const { memoryBytes, memorySwapBytes, memoryReservationBytes } = resources
  if (memoryBytes !== undefined && memoryBytes < minimumMemory) throw invalid('Minimum memory limit allowed is 6MB')
  if (memorySwapBytes !== undefined && memorySwapBytes > 0) {
    if (memoryBytes === undefined)
      throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage')
    if (memorySwapBytes < memoryBytes)
      throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage')
  }
  if (memoryReservationBytes !== undefined && memoryBytes !== undefined && memoryReservationBytes > memoryBytes) {
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage')
  }
}

function checkCpu(resources: ResourceSpec): void {
  const { nanoCpus, cpuPeriodUs, cpuQuotaUs, cpusetCpus, cpusetMems } = resources
  if (nanoCpus !== undefined) {
    if (cpuPeriodUs !== undefined || cpuQuotaUs !== undefined) {
      throw invalid('Conflicting options: Nano CPUs cannot be set with CPU Period or CPU Quota')
    }
    const available = cpus().length
    if (nanoCpus < 0 || nanoCpus > available * 1e9) {
      throw invalid(`range of CPUs is from 0.01 to ${available}.00, as there are only ${available} CPUs available`)
    }
  }
  if (cpuPeriodUs !== undefined && (cpuPeriodUs < 1000 || cpuPeriodUs > 1_000_000)) {
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)')
  }
  if (cpuQuotaUs !== undefined && cpuQuotaUs > 0 && cpuQuotaUs < 1000) {
    throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)')
  }
  checkSet('CPUs', 'cpus', cpusetCpus, '/sys/devices/system/cpu/online')
  checkSet('memory nodes', 'mems', cpusetMems, '/sys/devices/system/node/online')
}

/** Of processors or memory nodes only those may be asked for that the host has online. */
function checkSet(what: string, file: string, list: string | undefined, online: string): void {
  if (list === undefined) return
  const wanted = readSet(list)
  if (wanted === undefined) throw invalid(`Invalid value ${list} for cpuset ${file}: invalid format: ${list}`)
  if (!existsSync(online)) return
  const available = readFileSync(online, 'utf8').trim()
  const present = readSet(available) ?? []
  const fits = wanted.every(([first, last]) => present.some(([from, to]) => from <= first && last <= to))
  if (!fits) throw invalid(`Requested ${what} are not available - requested ${list}, available: ${available}`)
}

/** Ranges of a list such as `0-2,4`; undefined for what is none. */
function readSet(list: string): [first: number, last: number][] | undefined {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined
  return list.split(',').map((range) => {
    const [first = '', last = first] = range.split('-')
    return [Number(first), Number(last)]
  })
}

/** Limits in the form of the OCI runtime specification (config-linux.md "Control groups"). */
export function toLinuxResources(resources: ResourceSpec): LinuxResources {
  const { memoryBytes, memorySwapBytes, nanoCpus } = resources
  const swap = memorySwapBytes ?? (memoryBytes === undefined ? undefined : memoryBytes * 2)
  const memory = withoutAbsent({
    limit: memoryBytes,
    swap,
    reservation: resources.memoryReservationBytes,
    swappiness: resources.memorySwappiness === -1 ? undefined : resources.memorySwappiness,
    disableOOMKiller: resources.oomKillDisable,
  })
  const cpu = withoutAbsent({
    shares: resources.cpuShares,
    period: nanoCpus === undefined ? resources.cpuPeriodUs : cpuPeriod,
    quota: nanoCpus === undefined ? resources.cpuQuotaUs : Math.round((nanoCpus * cpuPeriod) / 1e9),
    realtimePeriod: resources.cpuRealtimePeriodUs,
    realtimeRuntime: resources.cpuRealtimeRuntimeUs,
    cpus: resources.cpusetCpus,
    mems: resources.cpusetMems,
  })
  const { pidsLimit, blkioWeight } = resources
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: pidsLimit > 0 ? pidsLimit : -1 } }),
    ...(blkioWeight === undefined ? {} : { blockIO: { weight: blkioWeight } }),
  }
}

function withoutAbsent<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return entries.length === 0
    ? undefined
    : (Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> })
}

function invalid(message: string) {
  return codedError('CONTAINER_SPEC_INVALID', message)
}
