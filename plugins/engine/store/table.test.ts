import { expect, test } from 'vitest'
import { MemoryStore } from './memory-store.fixture.ts'
import { Table } from './table.ts'
import { commitTogether } from './write.ts'

interface Thing {
  readonly id: string
  readonly note: string
}

test('a table holds what was put, and another table loads it', async () => {
  const store = new MemoryStore()
  const table = await Table.load<Thing>(store.api, 'things')
  await table.put({ id: 'a', note: 'one' }, 'process')
  await table.put({ id: 'b', note: 'two' }, 'power-loss')
  await table.delete('a', 'process')
  const again = await Table.load<Thing>(store.api, 'things')
  expect(again.values()).toEqual([{ id: 'b', note: 'two' }])
  expect(again.get('a')).toBeUndefined()
  expect(again.size).toBe(1)
})

test('more records than one page are loaded', async () => {
  const store = new MemoryStore()
  for (let index = 0; index < 2500; index += 1) {
    const id = String(index)
    store.entries.set(`things/${id}`, { value: { id, note: '' }, revision: 1 })
  }
  store.entries.set('thingsother/x', { value: { id: 'x' }, revision: 1 })
  const table = await Table.load<Thing>(store.api, 'things')
  expect(table.size).toBe(2500)
})

test('unreadable entries are set aside and stay in the store', async () => {
  const store = new MemoryStore()
  store.entries.set('things/a', { value: 'text', revision: 1 })
  store.entries.set('things/b', { value: { id: 'c', note: '' }, revision: 1 })
  store.entries.set('things/d', { value: { id: 'd' }, revision: 1 })
  store.entries.set('things/e', { value: { id: 'e', note: 'fine' }, revision: 1 })
  const table = await Table.load<Thing>(store.api, 'things', (value) =>
    'note' in Object(value) ? undefined : 'no note',
  )
  expect(table.values().map((thing) => thing.id)).toEqual(['e'])
  expect(table.quarantined().map((entry) => entry.reason)).toEqual([
    'the value is no object',
    'the id "c" does not belong to the key',
    'no note',
  ])
  expect(store.entries.size).toBe(4)
})

test('a failed write changes nothing', async () => {
  const store = new MemoryStore()
  const table = await Table.load<Thing>(store.api, 'things')
  await table.put({ id: 'a', note: 'one' }, 'process')
  store.fail = new Error('disk full')
  await expect(table.put({ id: 'a', note: 'two' }, 'process')).rejects.toThrow('disk full')
  await expect(table.put({ id: 'b', note: 'two' }, 'process')).rejects.toThrow('disk full')
  await expect(table.delete('a', 'process')).rejects.toThrow('disk full')
  expect(table.values()).toEqual([{ id: 'a', note: 'one' }])
})

test('of two writes under way, the one that the store took last wins, whichever answer comes first', async () => {
  const store = new MemoryStore()
  const table = await Table.load<Thing>(store.api, 'things')
  store.held = []
  const first = table.put({ id: 'a', note: 'first' }, 'power-loss')
  const second = table.put({ id: 'a', note: 'second' }, 'process')
  const third = table.delete('a', 'process')
  expect(table.get('a')).toBeUndefined()
  store.held[1]?.()
  await second
  expect(table.get('a')?.note).toBe('second')
  store.held[0]?.()
  await first
  expect(table.get('a')?.note).toBe('second')
  store.held[2]?.()
  await third
  expect(table.has('a')).toBe(false)
})

test('writes of several tables are committed together', async () => {
  const store = new MemoryStore()
  const left = await Table.load<Thing>(store.api, 'left')
  const right = await Table.load<Thing>(store.api, 'right')
  await commitTogether(
    store.api,
    [left.putting({ id: 'a', note: '' }), right.putting({ id: 'b', note: '' })],
    'process',
  )
  expect(store.revision).toBe(1)
  expect([left.has('a'), right.has('b')]).toEqual([true, true])
})
