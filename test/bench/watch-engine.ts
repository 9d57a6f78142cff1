import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLoopLine } from '../../plugins/api-docker/routes/system/event-loop.ts'
import type { Contender } from './contenders.ts'
import { processTree } from './process-tree.ts'
import { own } from './table.ts'

const pageBytes = 4096

/** What an engine needed while it did something. */
export interface Observed {
  /** Most resident memory at one moment, of the engine's process and its descendants together: MiB. */
  readonly peakMiB: number
  /** Longest time for which the event loop was held: milliseconds; undefined for a peer. */
  readonly longestBlockMs: number | undefined
}

/** Looks at an engine while `work` goes on. */
export async function watchEngine(contender: Contender, work: () => Promise<unknown>): Promise<Observed> {
  const loop = contender.name === own ? await listenToLoop(contender.socket) : undefined
  const over = new AbortController()
  const peak = peakMemory(contender.pid, over.signal)
  try {
    await work()
  } finally {
    over.abort()
  }
  return { peakMiB: await peak, longestBlockMs: await loop?.() }
}

async function peakMemory(pid: number, signal: AbortSignal): Promise<number> {
  let peak = 0
  while (!signal.aborted) {
    peak = Math.max(peak, await residentBytes(pid))
    await sleep(20, undefined, { signal }).catch(() => undefined)
  }
  return peak / 1024 / 1024
}

/** Resident memory of a process and its descendants. */
async function residentBytes(pid: number): Promise<number> {
  let pages = 0
  for (const each of await processTree(pid)) {
    const statm = await readFile(`/proc/${each}/statm`, 'utf8').catch(() => '')
    pages += Number(statm.split(' ')[1] ?? 0)
  }
  return pages * pageBytes
}

/** Starts to listen; the answer stops it and tells the longest block meanwhile. */
async function listenToLoop(socketPath: string): Promise<() => Promise<number>> {
  let text = ''
  const call = request({ socketPath, path: '/debug/event-loop', agent: false })
  const opened = new Promise<void>((resolve, reject) => {
    call.on('error', reject)
    call.on('response', (answer) => {
      answer.on('error', () => undefined)
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      resolve()
    })
  })
  call.end()
  await opened
  return async () => {
    // The line that covers the last moment comes at most a quarter of a second later.
    await sleep(300)
    call.destroy()
    const lines = text.split('\n').slice(0, -1)
    return Math.max(...lines.map((line) => (JSON.parse(line) as EventLoopLine).longestBlockMs))
  }
}
