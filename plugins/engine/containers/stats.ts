import { hasCode, type engineContainers, type ItemOf, type RequestOf, type TaskStats } from '@moby/contracts'
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'
import { parseInterfaceCounters } from './interface-counters.ts'

type Request = RequestOf<typeof engineContainers, 'stats'>
type Item = ItemOf<typeof engineContainers, 'stats'>

interface Reading {
  readonly task: TaskStats
  readonly systemCpuNs: number
}

const intervalMs = 1000

/** Counters of a container with the reading before, once a second or once. It ends with the container. */
export async function* readStats(
  context: ContainerContext,
  request: Request,
  signal?: AbortSignal,
): AsyncIterable<Item> {
  const { id } = context.store.find(request.ref)
  let previous: Reading | undefined
  let isFirst = true
  for (;;) {
    const record = context.store.get(id)
    if (record === undefined || signal?.aborted === true) return
    const reading = await readOnce(context, record)
    const comparing = !request.stream && request.oneShot !== true && isFirst && reading !== undefined
    if (!comparing) yield describe(record, reading, previous)
    if (!request.stream && !comparing) return
    previous = reading
    isFirst = false
    try {
      await setTimeout(intervalMs, undefined, { signal })
    } catch {
      return
    }
  }
}

async function readOnce(context: ContainerContext, record: ContainerRecord): Promise<Reading | undefined> {
  if (!isRunning(record)) return undefined
  try {
    const task = await context.runtimes.get(record.drivers.runtime).stats({ id: record.id })
    return { task, systemCpuNs: systemCpuNs() }
  } catch (error) {
    if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND')) return undefined
    throw error
  }
}

function describe(record: ContainerRecord, reading: Reading | undefined, previous: Reading | undefined): Item {
  const networks = reading === undefined ? undefined : interfaceCounters(record)
  return {
    id: record.id,
    name: record.name,
    ...(reading === undefined ? {} : { task: reading.task, systemCpuNs: reading.systemCpuNs }),
    ...(previous === undefined || reading === undefined
      ? {}
      : { previous: previous.task, previousSystemCpuNs: previous.systemCpuNs }),
    onlineCpus: availableParallelism(),
    hostMemoryBytes: totalmem(),
    ...(networks === undefined ? {} : { networks }),
  }
}

/** Counters of the links in a container's own network; undefined where it uses another's. */
function interfaceCounters(record: ContainerRecord): Item['networks'] {
  if (record.sandboxId === '' || record.endpoints.length === 0) return undefined
  try {
    return parseInterfaceCounters(readFileSync(`/proc/${record.pid}/net/dev`, 'utf8'))
  } catch {
    return undefined
  }
}

/** Time of all processors since boot: the first line of /proc/stat without guest time, in clock ticks of 10 ms. */
function systemCpuNs(): number {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/) ?? []
  return ticks.slice(0, 8).reduce((sum, text) => sum + Number(text), 0) * 10_000_000
}
