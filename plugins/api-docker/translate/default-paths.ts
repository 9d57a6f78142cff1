import { existsSync, readdirSync } from 'node:fs'

const cpuFolder = '/sys/devices/system/cpu'

/** What Docker hides from a container that is not privileged. */
export const maskedPaths: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
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
