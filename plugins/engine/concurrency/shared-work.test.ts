import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SharedWork, type WorkCall } from './shared-work.ts'

const own = (signal = new AbortController().signal) => {
  const seen: number[] = []
  return { seen, signal, onProgress: (progress: number) => void seen.push(progress) }
}

test('work that several want is done once, and each sees how far it is', async () => {
  const shared = new SharedWork<string, number>()
  let starts = 0
  let finish = () => {}
  const start = async ({ report }: WorkCall<number>) => {
    starts += 1
    report(1)
    await new Promise<void>((resolve) => (finish = resolve))
    report(2)
    return 'done'
  }
  const [a, b] = [own(), own()]
  const first = shared.join('x', start, a)
  await sleep(1)
  const second = shared.join('x', start, b)
  await sleep(1)
  finish()
  expect(await first).toBe('done')
  expect(await second).toBe('done')
  expect([starts, a.seen, b.seen, shared.size]).toEqual([1, [1, 2], [1, 2], 0])
})

test('one who gives up does not cancel the others, the last one does, and a new start waits for its end', async () => {
  const shared = new SharedWork<string, number>()
  const log: string[] = []
  const start =
    (name: string) =>
    async ({ signal }: WorkCall<number>) => {
      log.push(`${name} starts`)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await sleep(5)
      log.push(`${name} has ended`)
      throw signal.reason
    }
  const [a, b] = [new AbortController(), new AbortController()]
  const first = shared.join('x', start('first'), own(a.signal))
  const second = shared.join('x', start('second'), own(b.signal))
  a.abort()
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(log).toEqual(['first starts'])
  b.abort()
  await sleep(1)
  const begin = async () => {
    log.push('third')
    return 'third'
  }
  const third = shared.join('x', begin, own())
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(await third).toBe('third')
  expect(log).toEqual(['first starts', 'first has ended', 'third'])
  await expect(shared.join('x', start('never'), own(a.signal))).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('a failure reaches everybody, and the next try starts anew', async () => {
  const shared = new SharedWork<string, number>()
  const fail = async () => {
    await sleep(1)
    throw new Error('broken')
  }
  const both = [shared.join('x', fail, own()), shared.join('x', fail, own())]
  for (const each of both) await expect(each).rejects.toThrow('broken')
  expect(await shared.join('x', async () => 'fine', own())).toBe('fine')
})
