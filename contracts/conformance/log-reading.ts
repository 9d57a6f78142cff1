import { strict as assert } from 'node:assert'
import { logDriver, type LogRecord } from '../log/index.ts'
import { CaseBook } from './case.ts'
import { collect, freshName, nextOf, outcomes, within } from './checks.ts'
import { read, type LogFixtures } from './log-helpers.ts'
import { fill, infoOf, joinPieces, textOf } from './log-samples.ts'

const book = new CaseBook<typeof logDriver, LogFixtures>(logDriver)
/** Promises of `log.driver` about which part of a log is read, and about following it. */
export const logReadingCases = book.cases

book.prove({
  id: 'tail',
  methods: ['read'],
  title: 'tail counts whole lines from the end, also of one stream and of pieces',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const piece = (ordinal: number, last: boolean): LogRecord => ({
      ...(fill(1, 'piece', ordinal)[0] as LogRecord),
      partial: { id: 'long', ordinal, last },
    })
    const records = [...fill(50, 'line'), piece(1, false), piece(2, false), piece(3, true), ...fill(2, 'end')]
    await driver.write({ log, records, position: { stdout: '1', stderr: '0' } })
    assert.deepEqual(await read(driver, log, { tail: 0 }), [])
    assert.deepEqual(textOf(await read(driver, log, { tail: 2 })), textOf(fill(2, 'end')))
    assert.deepEqual(joinPieces(await read(driver, log, { tail: 3 })), [
      'piece1piece2piece3',
      ...textOf(fill(2, 'end')),
    ])
    assert.equal(joinPieces(await read(driver, log, { tail: 53 })).length, 53)
    assert.equal(joinPieces(await read(driver, log, { tail: 1_000_000 })).length, 53)
    assert.deepEqual(await read(driver, log, { tail: 5, streams: ['stderr'] }), [])
  },
})

book.prove({
  id: 'since-until',
  methods: ['read'],
  title: 'since and until choose by time to the nanosecond, both ends included',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const stamp = (at: number): string => `2024-02-29T23:59:59.00000000${at}Z`
    const records = fill(9, 'tick').map((record, at) => ({ ...record, time: stamp(at + 1) }))
    await driver.write({ log, records, position: { stdout: '1', stderr: '0' } })
    assert.deepEqual(await read(driver, log, { since: stamp(4) }), records.slice(3))
    assert.deepEqual(await read(driver, log, { until: stamp(4) }), records.slice(0, 4))
    assert.deepEqual(await read(driver, log, { since: stamp(4), until: stamp(6) }), records.slice(3, 6))
    assert.deepEqual(await read(driver, log, { until: stamp(8), tail: 3 }), records.slice(6, 8))
    assert.deepEqual(await read(driver, log, { since: '2025-01-01T00:00:00Z' }), [])
  },
})

book.prove({
  id: 'pieces',
  methods: ['write', 'read'],
  title: 'a line in pieces comes back whole when its pieces are joined, also between lines of the other stream',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const time = '2024-01-01T00:00:00.000000001Z'
    const piece = (ordinal: number, last: boolean): LogRecord => ({
      stream: 'stdout',
      time,
      line: new Uint8Array(16_384).fill(0x60 + ordinal),
      partial: { id: 'p', ordinal, last },
    })
    const other: LogRecord = { stream: 'stderr', time, line: Buffer.from('between') }
    await driver.write({ log, records: [piece(1, false), other], position: { stdout: '16384', stderr: '8' } })
    await driver.write({ log, records: [piece(2, true)], position: { stdout: '32769', stderr: '8' } })
    const lines = joinPieces(await read(driver, log))
    assert.deepEqual(lines.toSorted(), ['a'.repeat(16_384) + 'b'.repeat(16_384), 'between'].toSorted())
  },
})

book.prove({
  id: 'follow',
  methods: ['read', 'write', 'close'],
  title: 'a follower gets what is there and what comes, and ends with the last record when the log is closed',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    await driver.write({ log, records: fill(3, 'before'), position: { stdout: '10', stderr: '0' } })
    const follower = driver.read({ log, follow: true, tail: 1 })[Symbol.asyncIterator]()
    const seen = [...(await nextOf(follower))]
    const rest = (async () => {
      for (;;) {
        const next = await follower.next()
        if (next.done === true) return
        seen.push(...next.value)
      }
    })()
    for (let count = 1; count <= 20; count++) {
      await driver.write({
        log,
        records: fill(1, `after${count}-`),
        position: { stdout: String(10 + count), stderr: '0' },
      })
    }
    await driver.close({ log })
    await within(15_000, rest, 'the end of the follower')
    const wanted = ['before2', ...Array.from({ length: 20 }, (_, at) => `after${at + 1}-0`)]
    assert.deepEqual(textOf(seen), wanted)
  },
})

book.prove({
  id: 'follow-gives-up',
  methods: ['read'],
  title: 'a follower of a silent log ends when it is given up',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const giveUp = new AbortController()
    const following = collect(driver.read({ log, follow: true }, { signal: giveUp.signal }))
    setTimeout(() => giveUp.abort(), 50)
    const { codes } = await within(15_000, outcomes([following]), 'the end of the follower')
    assert.ok(codes.length === 0 || codes[0] === 'CANCELLED', `ended with ${codes[0]}`)
    await driver.close({ log })
  },
})
