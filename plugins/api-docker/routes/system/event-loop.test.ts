import { request } from 'node:http'
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
    await expect.poll(() => lines().length).toBeGreaterThan(0)
    const until = performance.now() + 120
    while (performance.now() < until) continue
    const blocked = () => lines().findIndex(({ longestBlockMs }) => longestBlockMs > 100)
    await expect.poll(blocked).toBeGreaterThanOrEqual(0)
    // Where others have the processor meanwhile, that is a block too: not each line after it is without one.
    const later = () => lines().slice(blocked() + 1)
    await expect.poll(() => later().some(({ longestBlockMs }) => longestBlockMs < 100)).toBe(true)
    leave()
    const [first] = lines()
    expect(first?.rss).toBeGreaterThan(first?.heapUsed ?? Number.POSITIVE_INFINITY)
  })
})
