import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { StallWatch } from './stall-watch.ts'

/** A watch that begins to wait now; it looks eight times in its limit. */
function watched(limitMs: number) {
  const codes: unknown[] = []
  const note = (error: Error): void => void codes.push(Reflect.get(error, 'code'))
  const watch = new StallWatch(limitMs, note, { registry: 'registry.test', repository: 'app' }, 'registry.test')
  onTestFinished(() => watch.end())
  watch.begin()
  return { watch, codes }
}

/** Holds the thread, as others do that have the processor. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a peer that brings nothing has stalled, and is told once', async () => {
  const { codes } = watched(40)
  await expect.poll(() => codes).toEqual(['REGISTRY_STALLED'])
  await sleep(20)
  expect(codes).toHaveLength(1)
})

test('time in which this process had no turn itself is not charged to the peer', async () => {
  const { watch, codes } = watched(400)
  await sleep(1)
  standStill(1_000)
  // The look that was due comes before what the peer sent meanwhile is read.
  await sleep(1)
  watch.got(1)
  watch.begin()
  await sleep(1)
  expect(codes).toEqual([])
})
