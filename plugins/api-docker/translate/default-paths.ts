import { existsSync, readdirSync } from 'node:fs'

const cpuFolder = '/sys/devices/system/cpu'

/** What Docker hides from a container that is not privileged. */
export const maskedPaths: readonly string[] = [
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

/** What Docker lets a container that is not privileged read only. */
export const readonlyPaths: readonly string[] = [
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
