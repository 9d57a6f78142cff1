import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Change } from '@moby/contracts'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'

let folder: string
let file: string
const opened: SqliteStore[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'))
  file = join(folder, 'state.db')
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await rm(folder, { recursive: true, force: true })
})

async function openStore(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await SqliteStore.open({ file, retainedRevisions: 100, ...options })
  opened.push(store)
  return store
}

async function put(store: SqliteStore, key: string, value: unknown): Promise<string> {
  return (await store.api.commit({ changes: [{ put: key, value }], durability: 'process' })).revision
}

async function keys(store: SqliteStore, prefix = ''): Promise<string[]> {
  return (await store.api.list({ prefix })).entries.map((entry) => entry.key)
}

test('values, revisions and the newest revision survive a restart', async () => {
  const first = await openStore()
  expect(await first.api.info({})).toMatchObject({ revision: '0' })
  await put(first, 'a/1', { text: 'Grüße \u0000 🐳', list: [1, null] })
  await first.api.commit({ changes: [{ put: 'a/2', value: 7 }, { delete: 'a/none' }], durability: 'power-loss' })
  await first.close()
  const second = await openStore()
  expect(await second.api.info({})).toEqual({ schemaVersion: 1, revision: '2' })
  expect(await second.api.get({ key: 'a/1' })).toEqual({
    entry: { key: 'a/1', value: { text: 'Grüße \u0000 🐳', list: [1, null] }, revision: '1' },
  })
  expect(await second.api.get({ key: 'a/3' })).toEqual({})
  expect(await put(second, 'a/3', null)).toBe('3')
})

test('a list goes through a prefix page by page, in order', async () => {
  const store = await openStore()
  const changes = Array.from({ length: 2400 }, (_, index) => ({ put: `x/${index}`, value: { index } }))
  await store.api.commit({
    changes: [...changes, { put: 'w/1', value: 1 }, { put: 'y', value: 1 }],
    durability: 'process',
  })
  const seen: string[] = []
  let after: string | undefined
  let pages = 0
  for (let more = true; more; pages += 1) {
    const page = await store.api.list({ prefix: 'x/', limit: 1200, ...(after === undefined ? {} : { after }) })
    seen.push(...page.entries.map((entry) => entry.key))
    after = page.entries.at(-1)?.key
    more = page.more
  }
  expect(pages).toBeGreaterThan(1)
  expect(seen).toEqual(changes.map((change) => change.put).sort())
})

test('a batch with one wrong expectation changes nothing', async () => {
  const store = await openStore()
  const revision = await put(store, 'a', 1)
  await store.api.commit({ changes: [{ put: 'b', value: 1, expect: '0' }], durability: 'process' })
  const changes: Change[] = [
    { put: 'c', value: 1 },
    { put: 'a', value: 2, expect: revision },
    { delete: 'b', expect: '1' },
  ]
  await expect(store.api.commit({ changes, durability: 'process' })).rejects.toMatchObject({
    code: 'STATE_CONFLICT',
    details: { key: 'b', expected: '1', found: '2' },
  })
  expect(await keys(store)).toEqual(['a', 'b'])
  expect(await store.api.get({ key: 'a' })).toMatchObject({ entry: { value: 1 } })
  expect(await store.api.info({})).toMatchObject({ revision: '2' })
})

test('the store behaves as a map with revisions does', async () => {
  const store = await openStore()
  const model = new Map<string, { value: unknown; revision: string }>()
  const key = fc.constantFrom('a', 'a/b', 'a/c', 'b', 'ä', '🐳')
  const change = fc.oneof(
    fc.record({ put: key, value: fc.jsonValue() }),
    fc.record({ delete: key }),
    fc.record({ put: key, value: fc.jsonValue(), expect: fc.constantFrom('0', '1', '2', '3') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes: Change[]) => {
      const next = new Map(model)
      let conflict = false
      const revision = String(Number((await store.api.info({})).revision) + 1)
      for (const one of changes) {
        const touched = 'put' in one ? one.put : one.delete
        conflict ||= one.expect !== undefined && (next.get(touched)?.revision ?? '0') !== one.expect
        if ('put' in one) next.set(one.put, { value: JSON.parse(JSON.stringify(one.value)), revision })
        else next.delete(one.delete)
      }
      const outcome = await store.api.commit({ changes, durability: 'process' }).catch((error: unknown) => error)
      if (conflict) expect(outcome).toMatchObject({ code: 'STATE_CONFLICT' })
      else {
        expect(outcome).toEqual({ revision })
        model.clear()
        for (const [name, entry] of next) model.set(name, entry)
      }
      const { entries } = await store.api.list({ prefix: '' })
      expect(new Map(entries.map(({ key: name, ...rest }) => [name, rest]))).toEqual(model)
    }),
    { numRuns: 150 },
  )
})

test('commits for power loss share a flush and wait for it; a failed flush fails them', async () => {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  const flush = () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
  const store = await openStore({ flush })
  let answered = 0
  const commits = Array.from({ length: 20 }, (_, index) =>
    store.api
      .commit({ changes: [{ put: `k/${index}`, value: index }], durability: 'power-loss' })
      .then(() => (answered += 1)),
  )
  await put(store, 'free', 1)
  expect(answered).toBe(0)
  expect(waiting).toHaveLength(1)
  waiting[0]?.resolve()
  await commits[0]
  waiting[1]?.resolve()
  await Promise.all(commits)
  expect(waiting).toHaveLength(2)
  const failing = store.api.commit({ changes: [{ put: 'x', value: 1 }], durability: 'power-loss' })
  waiting[2]?.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
  await expect(failing).rejects.toMatchObject({ code: 'STATE_WRITE_FAILED' })
  const closing = store.close()
  waiting[3]?.resolve()
  await closing
})

test('a watch shows every change after its revision once and in order, then what comes', async () => {
  const store = await openStore()
  for (let index = 0; index < 5; index += 1) await put(store, `a/${index}`, index)
  await put(store, 'b/1', 'other')
  const seen: string[] = []
  const watching = (async () => {
    for await (const change of store.api.watch({ prefix: 'a/', after: '2' })) {
      seen.push(`${change.key}=${change.deleted ? 'gone' : String(change.value)}@${change.revision}`)
      if (change.deleted) return
    }
  })()
  await expect.poll(() => seen).toEqual(['a/2=2@3', 'a/3=3@4', 'a/4=4@5'])
  await store.api.commit({ changes: [{ put: 'a/9', value: 9 }, { delete: 'a/0' }], durability: 'process' })
  await watching
  expect(seen.slice(3)).toEqual(['a/9=9@7', 'a/0=gone@7'])
})

test('a watch from a revision that is not kept any more says so, and one can be given up', async () => {
  const store = await openStore()
  for (let index = 0; index < 130; index += 1) await put(store, 'a', index)
  const first = (request: { prefix: string; after?: string }, signal?: AbortSignal) =>
    store.api.watch(request, { signal })[Symbol.asyncIterator]().next()
  await expect(first({ prefix: '', after: '29' })).rejects.toMatchObject({ code: 'STATE_REVISION_GONE' })
  await expect(first({ prefix: '', after: '999' })).rejects.toMatchObject({ code: 'STATE_REVISION_GONE' })
  expect((await first({ prefix: '', after: '30' })).value).toMatchObject({ revision: '31' })
  const controller = new AbortController()
  const waiting = first({ prefix: '' }, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('a database of a newer version is refused and left alone', async () => {
  const store = await openStore()
  await store.close()
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 99')
  database.close()
  await expect(openStore()).rejects.toMatchObject({ code: 'STATE_SCHEMA_NEWER', details: { found: 99, known: 1 } })
})

test.each([
  [
    'a file of something else',
    () => writeFile(file, 'this is no database at all, but long enough to be read'.repeat(99)),
  ],
  ['a database that lost its end', () => truncate(file, 8192)],
])('%s is reported with a copy and a remedy, and not replaced', async (_what, damage) => {
  const store = await openStore()
  for (let index = 0; index < 300; index += 1) await put(store, `key/${index}`, 'x'.repeat(500))
  await store.close()
  await damage()
  const failure = await openStore().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'STATE_CORRUPT' })
  expect(await openStore().catch((error: unknown) => error)).toMatchObject({ code: 'STATE_CORRUPT' })
  const names = await readdir(folder)
  expect(names.filter((name) => /^state\.db\.corrupt-[\dTZ-]+$/.test(name))).toHaveLength(1)
  expect(names).toContain('state.db')
  expect((failure as { hint: string }).hint).toContain('.corrupt-')
})

/** Bytes that this thread alone has written, to whatever file. */
function writtenByThread(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1])
}

test('the log is carried over by another thread while commits go on', async () => {
  const store = await openStore()
  const value = 'x'.repeat(100_000)
  const before = writtenByThread()
  for (let index = 0; index < 200; index += 1) {
    await put(store, `key/${String(index).padStart(3, '0')}`, value)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const written = writtenByThread() - before
  // Each value goes to the log twice, as what is and as what was. Carried over here, all of it would be written again.
  expect(written).toBeGreaterThan(2 * 200 * value.length)
  expect(written).toBeLessThan(3 * 200 * value.length)
  await expect.poll(async () => (await stat(file)).size).toBeGreaterThan(50 * value.length)
  await store.close()
  const again = await openStore()
  expect(await keys(again, 'key/000')).toEqual(['key/000'])
  expect(await keys(again, 'key/199')).toEqual(['key/199'])
})

test(
  'a writer killed at any moment leaves whole batches, and all that was acknowledged',
  { timeout: 120_000 },
  async () => {
    const writer = join(import.meta.dirname, 'kill-writer.fixture.ts')
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      let acknowledged = -1
      createInterface({ input: child.stdout }).on('line', (line) => {
        acknowledged = Number(line)
        if (acknowledged === 0) setTimeout(() => child.kill('SIGKILL'), 1 + Math.random() * 60)
      })
      await exited
      const store = await SqliteStore.open({ file, retainedRevisions: 100 })
      const { entries } = await store.api.list({ prefix: 'batch/' })
      const values = new Set(entries.map((entry) => entry.value))
      expect(entries).toHaveLength(20)
      expect(values.size).toBe(1)
      expect(Number([...values][0])).toBeGreaterThanOrEqual(acknowledged)
      await store.close()
    }
  },
)
