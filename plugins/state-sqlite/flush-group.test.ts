import { expect, test } from 'vitest'
import { FlushGroup } from './flush-group.ts'

function manual() {
  const running: { resolve: () => void; reject: (error: Error) => void }[] = []
  const group = new FlushGroup(() => new Promise((resolve, reject) => running.push({ resolve, reject })))
  return { group, running }
}

test('all who ask while a flush runs share the next one', async () => {
  const { group, running } = manual()
  let done = 0
  const count = () => (done += 1)
  const first = group.join().then(count)
  const others = [group.join(), group.join(), group.join()].map((joined) => joined.then(count))
  expect(running).toHaveLength(1)
  running[0]?.resolve()
  await first
  expect(done).toBe(1)
  expect(running).toHaveLength(2)
  const later = group.join().then(count)
  running[1]?.resolve()
  await Promise.all(others)
  expect(done).toBe(4)
  expect(running).toHaveLength(3)
  running[2]?.resolve()
  await later
  expect(done).toBe(5)
})

test('a flush that fails fails for those who shared it and for nobody else', async () => {
  const { group, running } = manual()
  const first = group.join()
  const second = group.join()
  running[0]?.reject(new Error('no disk'))
  await expect(first).rejects.toThrow('no disk')
  await new Promise((resolve) => setImmediate(resolve))
  running[1]?.resolve()
  await second
})
