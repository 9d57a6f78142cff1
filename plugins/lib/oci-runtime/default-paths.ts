import { existsSync, readdirSync } from 'node:fs'

const cpuFolder = '/sys/devices/system/cpu'

/** What a container must not read of the host: the list of dockerd. */
export const defaultMaskedPaths: readonly string[] = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
  ...throttleCounters(),
]

/** What a container may read but never write. */
export const defaultReadonlyPaths: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
]

/** Counters of each processor that tell what goes on beside the container. */
function throttleCounters(): string[] {
  if (!existsSync(cpuFolder)) return []
  return readdirSync(cpuFolder)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => `${cpuFolder}/${name}/thermal_throttle`)
    .filter((path) => existsSync(path))
}
