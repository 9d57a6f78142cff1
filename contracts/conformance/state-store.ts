import { strict as assert } from 'node:assert'
import { stateStore } from '../state/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName, nextOf, outcomes, within } from './checks.ts'

const book = new CaseBook<typeof stateStore, object>(stateStore)
/** Promises of `state.store`. */
export const stateStoreCases = book.cases

const oddValues: readonly unknown[] = [
  null,
  false,
  0,
  -1.5e300,
  9_007_199_254_740_991,
  '',
  'line\nfeed \u0000 \u2028 😀 "quotes" \\',
  [],
  {},
  { nested: { deeper: [{ list: [1, [2, [3]]] }] }, '': 'empty key', 'a.b/c': null },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  'x'.repeat(1_000_000),
]

book.prove({
  id: 'absent-key',
  methods: ['get'],
  title: 'a key that does not exist has no entry',
  async run({ driver }) {
    const { entry } = await driver.get({ key: freshName('absent') })
    assert.equal(entry, undefined)
  },
})

book.prove({
  id: 'odd-values',
  methods: ['commit', 'get'],
  title: 'every JSON value comes back as it was put, also odd and large ones',
  async run({ driver }) {
    for (const value of oddValues) {
      const key = `${freshName('odd')}/é😀 %_'`
      await driver.commit({ changes: [{ put: key, value }], durability: 'process' })
      const { entry } = await driver.get({ key })
      assert.equal(JSON.stringify(entry?.value), JSON.stringify(value))
      assert.equal(entry?.key, key)
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  },
})

book.prove({
  id: 'revisions-grow',
  methods: ['commit', 'get', 'info'],
  title: 'each commit has a larger revision, which its entries and info tell',
  async run({ driver }) {
    const key = freshName('grow')
    let before = BigInt((await driver.info({})).revision)
    for (const value of [1, 2, 3]) {
      const { revision } = await driver.commit({ changes: [{ put: key, value }], durability: 'process' })
      assert.ok(BigInt(revision) > before, `${revision} is not larger than ${before}`)
      assert.equal((await driver.get({ key })).entry?.revision, revision)
      assert.equal((await driver.info({})).revision, revision)
      before = BigInt(revision)
    }
  },
})

book.prove({
  id: 'compare-and-set',
  methods: ['commit'],
  title: 'a change is applied only where the key has the expected revision, 0 for none',
  async run({ driver }) {
    const key = freshName('cas')
    const put = (value: number, expect: string) =>
      driver.commit({ changes: [{ put: key, value, expect }], durability: 'process' })
    await failsWith('STATE_CONFLICT', put(1, '7'))
    const first = await put(1, '0')
    await failsWith('STATE_CONFLICT', put(2, '0'))
    const second = await put(2, first.revision)
    await failsWith('STATE_CONFLICT', put(3, first.revision))
    const drop = (expect: string) => driver.commit({ changes: [{ delete: key, expect }], durability: 'process' })
    await failsWith('STATE_CONFLICT', drop(first.revision))
    assert.equal((await driver.get({ key })).entry?.value, 2)
    await drop(second.revision)
    assert.equal((await driver.get({ key })).entry, undefined)
    await put(4, '0')
  },
})

book.prove({
  id: 'batch-is-whole',
  methods: ['commit', 'list'],
  title: 'a batch with one conflict changes nothing at all',
  async run({ driver }) {
    const prefix = freshName('whole')
    await driver.commit({ changes: [{ put: `${prefix}/b`, value: 'old' }], durability: 'process' })
    const before = await driver.list({ prefix })
    await failsWith(
      'STATE_CONFLICT',
      driver.commit({
        changes: [
          { put: `${prefix}/a`, value: 1 },
          { delete: `${prefix}/b` },
          { put: `${prefix}/c`, value: 1, expect: '99' },
        ],
        durability: 'power-loss',
      }),
    )
    assert.deepEqual((await driver.list({ prefix })).entries, before.entries)
  },
})

book.prove({
  id: 'delete-absent',
  methods: ['commit'],
  title: 'to delete a key that does not exist is success',
  async run({ driver }) {
    await driver.commit({ changes: [{ delete: freshName('never') }], durability: 'process' })
  },
})

book.prove({
  id: 'large-batch',
  methods: ['commit', 'list'],
  title: 'a batch of 10,000 changes is applied together and listed in pages',
  async run({ driver }) {
    const prefix = freshName('large')
    const names = Array.from({ length: 10_000 }, (_, at) => `${prefix}/${String(at).padStart(5, '0')}`)
    await driver.commit({
      changes: names.map((put, value) => ({ put, value })),
      durability: 'power-loss',
    })
    const keys: string[] = []
    let after: string | undefined
    for (let more = true; more && keys.length <= names.length;) {
      const page = await driver.list({ prefix, limit: 3_000, ...(after === undefined ? {} : { after }) })
      keys.push(...page.entries.map(({ key }) => key))
      after = keys.at(-1)
      more = page.more
    }
    assert.ok(keys.length === names.length && keys.every((key, at) => key === names[at]), 'other keys were listed')
    await driver.commit({ changes: names.map((key) => ({ delete: key })), durability: 'process' })
    assert.deepEqual((await driver.list({ prefix })).entries, [])
  },
})

book.prove({
  id: 'list-order',
  methods: ['list'],
  title: 'a list holds exactly the keys with the prefix, in the order of their UTF-8 bytes',
  async run({ driver }) {
    const prefix = freshName('order')
    const tails = ['/\u{1F600}', '/\uFF5E', '/é', '/a', '/Z', '/10', '/2', '/%', '/_', '']
    const keys = tails.map((tail) => prefix + tail)
    await driver.commit({
      changes: [...keys, `${prefix.slice(0, -1)}`, `x${prefix}`].map((put) => ({ put, value: 1 })),
      durability: 'process',
    })
    const { entries, more } = await driver.list({ prefix })
    const wanted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(
      entries.map(({ key }) => key),
      wanted,
    )
    assert.equal(more, false)
    assert.deepEqual(
      (await driver.list({ prefix: `${prefix}/%` })).entries.map(({ key }) => key),
      [`${prefix}/%`],
    )
  },
})

book.prove({
  id: 'writers-at-once',
  methods: ['commit', 'get'],
  title: 'of writers at once that compare and set, each one wins once and none is lost',
  async run({ driver }) {
    const key = freshName('count')
    await driver.commit({ changes: [{ put: key, value: 0 }], durability: 'process' })
    const increment = async (): Promise<void> => {
      for (let attempt = 0; attempt < 100; attempt++) {
        const { entry } = await driver.get({ key })
        assert.ok(entry !== undefined)
        const change = { put: key, value: Number(entry.value) + 1, expect: entry.revision }
        const { answers, codes } = await outcomes([driver.commit({ changes: [change], durability: 'process' })])
        if (answers.length === 1) return
        assert.deepEqual(codes, ['STATE_CONFLICT'])
      }
      assert.fail('a writer lost a hundred times in a row')
    }
    await Promise.all(Array.from({ length: 20 }, increment))
    assert.equal((await driver.get({ key })).entry?.value, 20)
  },
})

book.prove({
  id: 'watch-past-and-future',
  methods: ['watch', 'commit'],
  title: 'a watch tells each change after a revision once and in order: those before it began and those that come',
  async run({ driver }) {
    const prefix = freshName('watch')
    const commit = (changes: Parameters<typeof driver.commit>[0]['changes']) =>
      driver.commit({ changes, durability: 'process' })
    const start = await commit([{ put: `${prefix}/a`, value: 0 }])
    await commit([
      { put: `${prefix}/a`, value: 1 },
      { put: `${prefix}/b`, value: 1 },
    ])
    await commit([{ put: freshName('elsewhere'), value: 1 }])
    const changes = driver.watch({ prefix: `${prefix}/`, after: start.revision })
    const watch = changes[Symbol.asyncIterator]()
    const past = [await nextOf(watch), await nextOf(watch)]
    assert.deepEqual(
      past.map(({ key, value, deleted }) => ({ key, value, deleted })),
      [
        { key: `${prefix}/a`, value: 1, deleted: false },
        { key: `${prefix}/b`, value: 1, deleted: false },
      ],
    )
    const pending = nextOf(watch)
    const { revision } = await commit([{ delete: `${prefix}/a` }])
    const gone = await pending
    assert.deepEqual([gone.key, gone.deleted, gone.revision, gone.value], [`${prefix}/a`, true, revision, undefined])
    await watch.return?.()
  },
})

book.prove({
  id: 'watch-gives-up',
  methods: ['watch'],
  title: 'a watch ends when its reader gives it up, also while it waits',
  async run({ driver }) {
    const giveUp = new AbortController()
    const watching = collect(driver.watch({ prefix: freshName('quiet') }, { signal: giveUp.signal }))
    setTimeout(() => giveUp.abort(), 50)
    const { codes } = await within(15_000, outcomes([watching]), 'the end of the watch')
    assert.ok(codes.length === 0 || codes[0] === 'CANCELLED', `ended with ${codes[0]}`)
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['commit', 'get', 'list', 'watch', 'info'],
  title: 'after a restart every committed change is there, and revisions and watches go on',
  needs: ['restart'],
  async run(subject) {
    const prefix = freshName('kept')
    const put = (key: string, value: unknown, durability: 'power-loss' | 'process') =>
      subject.driver.commit({ changes: [{ put: `${prefix}/${key}`, value }], durability })
    const first = await put('a', { n: 1 }, 'power-loss')
    const second = await put('b', oddValues, 'process')
    await subject.restart()
    const { entries } = await subject.driver.list({ prefix })
    assert.equal(JSON.stringify(entries.map(({ value }) => value)), JSON.stringify([{ n: 1 }, oddValues]))
    assert.deepEqual(
      entries.map(({ revision }) => revision),
      [first.revision, second.revision],
    )
    const third = await put('c', 3, 'process')
    assert.ok(BigInt(third.revision) > BigInt(second.revision), 'revisions went back')
    const watch = subject.driver.watch({ prefix, after: first.revision })[Symbol.asyncIterator]()
    assert.equal((await nextOf(watch)).revision, second.revision)
    assert.equal((await nextOf(watch)).revision, third.revision)
    await watch.return?.()
  },
})
