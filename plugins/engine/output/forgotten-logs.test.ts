import { codedError, type DriverSet, type Implementation, logDriver, type Logger } from '@moby/contracts'
import { beforeEach, expect, test } from 'vitest'
import { MemoryStore } from '../store/memory-store.fixture.ts'
import { Table } from '../store/table.ts'
import { ForgottenLogs, type ForgottenLog } from './forgotten-logs.ts'

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let store: MemoryStore
let act: (id: string) => Promise<void>
let removed: string[]
let closing: AbortController

const driver = {
  remove: async ({ log: id }) => {
    await act(id)
    removed.push(id)
    return {}
  },
} as Partial<Implementation<typeof logDriver>> as Implementation<typeof logDriver>

const drivers: DriverSet<typeof logDriver> = {
  has: (name) => name === 'sink',
  get: (name) => {
    if (name === 'sink') return driver
    throw codedError('DRIVER_UNKNOWN', `no ${name}`)
  },
  list: () => [],
}

async function open(): Promise<ForgottenLogs> {
  const table = await Table.load<ForgottenLog>(store.api, 'forgotten-logs')
  return new ForgottenLogs({ table, drivers, log, closing: closing.signal })
}

beforeEach(() => {
  store = new MemoryStore()
  act = async () => undefined
  removed = []
  closing = new AbortController()
})

test('a log is removed at once, and no note of it is kept', async () => {
  await (await open()).remove('sink', 'a')
  expect(removed).toEqual(['a'])
  expect(store.entries.size).toBe(0)
})

test('D14 a log driver that is away holds no removal up, and removes the log when it is back, over a restart too', async () => {
  act = async () => {
    throw codedError('DRIVER_AWAY', 'it ended')
  }
  const logs = await open()
  await logs.remove('sink', 'a')
  await logs.remove('gone', 'b')
  expect([...store.entries.keys()].sort()).toEqual(['forgotten-logs/a', 'forgotten-logs/b'])
  logs.close()
  act = async () => undefined
  const again = await open()
  await again.attempt('sink')
  expect(removed).toEqual(['a'])
  expect([...store.entries.keys()]).toEqual(['forgotten-logs/b'])
  await again.attempt()
  again.close()
})

test('D14 a log driver that hangs costs a removal no more than its patience', async () => {
  const hang = Promise.withResolvers<void>()
  act = () => hang.promise
  const logs = await open()
  // It would wait for good.
  await logs.remove('sink', 'a')
  expect([...store.entries.keys()]).toEqual(['forgotten-logs/a'])
  hang.resolve()
  await expect.poll(() => store.entries.size).toBe(0)
  expect(removed).toEqual(['a'])
  logs.close()
})

test('a log that its driver cannot remove fails the removal of its container', async () => {
  act = async () => {
    throw new Error('EBUSY')
  }
  await expect((await open()).remove('sink', 'a')).rejects.toThrow('EBUSY')
  expect(store.entries.size).toBe(0)
})
