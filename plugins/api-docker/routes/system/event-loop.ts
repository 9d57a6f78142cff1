import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '../../server/route.ts'

/** Milliseconds between two looks, below which no block is seen. */
const resolution = 1
const lineEveryMs = 250

/** One line of the stream: what was since the line before it. */
export interface EventLoopLine {
  /** Longest time for which the process could not turn to anything else: milliseconds. */
  readonly longestBlockMs: number
  /** Memory of the process: bytes. */
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

/**
 * How long the process of the API was held by one piece of work, line after line until the client goes away.
 * Docker has nothing alike. Nothing is measured while nobody listens.
 */
export const eventLoop: Route = {
  method: 'GET',
  path: '/debug/event-loop',
  async handle({ allow, signal }) {
    await allow('system.info', {})
    return { kind: 'stream', status: 200, headers: { 'content-type': 'application/json' }, body: watch(signal) }
  },
}

async function* watch(signal: AbortSignal): AsyncGenerator<string> {
  const histogram = monitorEventLoopDelay({ resolution })
  histogram.enable()
  try {
    while (!signal.aborted) {
      await sleep(lineEveryMs, undefined, { signal }).catch(() => undefined)
      // Before the first look there is no value, and `max` is 0.
      const longestBlockMs = Math.max(0, histogram.max / 1e6 - resolution)
      histogram.reset()
      const { rss, heapUsed, external } = process.memoryUsage()
      const line: EventLoopLine = { longestBlockMs, rss, heapUsed, external }
      yield `${JSON.stringify(line)}\n`
    }
  } finally {
    histogram.disable()
  }
}
