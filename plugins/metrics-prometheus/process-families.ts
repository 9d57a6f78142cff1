import { readdirSync } from 'node:fs'
import type { Family } from './render-families.ts'

type ProcessFacts = Pick<NodeJS.Process, 'cpuUsage' | 'memoryUsage' | 'uptime'>

/** What the clients of Prometheus tell of every process. */
export function processFamilies(process: ProcessFacts): Family[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return [
    one('process_cpu_seconds_total', 'Seconds of processor time, user and system', 'counter', (user + system) / 1e6),
    one('process_resident_memory_bytes', 'Resident memory', 'gauge', rss),
    one('process_heap_bytes', 'Memory that objects of JavaScript take', 'gauge', heapUsed),
    // The descriptor of the folder itself is one of them.
    one('process_open_fds', 'Open file descriptors', 'gauge', readdirSync('/proc/self/fd').length - 1),
    one(
      'process_start_time_seconds',
      'When the process started, seconds since 1970',
      'gauge',
      Math.round(Date.now() / 1000 - process.uptime()),
    ),
  ]
}

function one(name: string, help: string, type: 'counter' | 'gauge', value: number): Family {
  return { name, help, type, samples: [{ labels: {}, value }] }
}
