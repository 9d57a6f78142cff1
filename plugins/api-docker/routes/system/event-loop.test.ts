import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'
import type { EventLoopLine } from './event-loop.ts'

let api: TestApi
afterEach(async () => await api.close())

/** Lines of the stream, as they come. */
async function listen(socketPath: string) {
  let text = ''
  const call = request({ socketPath, path: '/debug/event-loop', agent: false })
  const response = new Promise<number>((resolve, reject) => {
    call.on('error', reject)
    call.on('response', (answer) => {
      resolve(answer.statusCode ?? 0)
      answer.on('error', () => undefined)
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
    })
  })
  call.end()
  const status = await response
  const lines = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as EventLoopLine)
  return { status, lines, leave: () => call.destroy() }
}

describe('the stream of blocks of the event loop', () => {
  it('tells the longest block since the line before, and forgets it with the next', async () => {
    api = await startTestApi()
    const { status, lines, leave } = await listen(api.socket)
    expect(status).toBe(200)
    await sleep(20)
    const until = performance.now() + 120
    while (performance.now() < until) continue
    await expect.poll(() => lines().length, { timeout: 5000 }).toBeGreaterThanOrEqual(3)
    leave()
    const [first, ...later] = lines()
    expect(first?.longestBlockMs).toBeGreaterThan(100)
    expect(Math.min(...later.map(({ longestBlockMs }) => longestBlockMs))).toBeLessThan(100)
    expect(first?.rss).toBeGreaterThan(first?.heapUsed ?? Number.POSITIVE_INFINITY)
  })
})
