import { strict as assert } from 'node:assert'
import { logDriver, type LogBatch, type LogRecord } from '../log/index.ts'
import { CaseBook } from './case.ts'
import { collect, freshName, nextOf, outcomes, within } from './checks.ts'
import { read, type LogFixtures } from './log-helpers.ts'
import { fill, infoOf, textOf } from './log-samples.ts'

const book = new CaseBook<typeof logDriver, LogFixtures>(logDriver)
/** Promises of `log.driver` about those who follow a log. */
export const logFollowingCases = book.cases

/** What a stream gives from here on. */
async function restOf(batches: AsyncIterator<LogBatch>): Promise<LogRecord[]> {
  const rest: LogRecord[] = []
  for (;;) {
    const next = await batches.next()
    if (next.done === true) return rest
    rest.push(...next.value)
  }
}

book.prove({
  id: 'followers-are-apart',
  methods: ['read', 'write', 'close'],
  title: 'each follower gets what it asked for, whatever the others do, and one that leaves is not missed',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const records = fill(30, 'n').map((record, at): LogRecord => ({
      ...record,
      stream: at % 3 === 0 ? 'stderr' : 'stdout',
    }))
    const position = (count: number) => ({ stdout: String(count), stderr: '0' })
    await driver.write({ log, records: records.slice(0, 5), position: position(5) })
    const leaver = driver.read({ log, follow: true })[Symbol.asyncIterator]()
    assert.deepEqual(textOf(await nextOf(leaver)), textOf(records.slice(0, 5)))
    const rest = async (how: { tail?: number; since?: string; streams?: ('stdout' | 'stderr')[] }, first: number) => {
      const follower = driver.read({ log, follow: true, ...how })[Symbol.asyncIterator]()
      const begin = await nextOf(follower)
      assert.equal(begin.length, first)
      return { all: restOf(follower).then((more) => textOf([...begin, ...more])) }
    }
    const whole = await rest({}, 5)
    const tail = await rest({ tail: 2 }, 2)
    const errors = await rest({ streams: ['stderr'] }, 2)
    const later = await rest({ since: records[4]?.time ?? '' }, 1)
    for (let at = 5; at < records.length; at++) {
      if (at === 9) await leaver.return?.()
      await driver.write({ log, records: records.slice(at, at + 1), position: position(at + 1) })
    }
    await driver.close({ log })
    const ends = Promise.all([whole.all, tail.all, errors.all, later.all])
    assert.deepEqual(await within(15_000, ends, 'the end of the followers'), [
      textOf(records),
      textOf(records.slice(3)),
      textOf(records.filter(({ stream }) => stream === 'stderr')),
      textOf(records.slice(4)),
    ])
    await driver.remove({ log })
  },
})

book.prove({
  id: 'follow-until',
  methods: ['read', 'write'],
  title: 'a follower ends at the first record that is later than its until, while the log goes on',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const records = fill(6, 'n')
    await driver.write({ log, records, position: { stdout: '12', stderr: '0' } })
    const past = await read(driver, log, { follow: true, until: records[3]?.time ?? '' })
    assert.deepEqual(textOf(past), textOf(records.slice(0, 4)))
    // The times of records are the caller's, and these are far ahead, if not beyond 64 bits of nanoseconds.
    const ahead = (at: number): LogRecord[] => [
      { stream: 'stdout', time: `2199-01-01T00:00:00.00000000${at}Z`, line: Buffer.from(`ahead${at}`) },
    ]
    const until = '2199-01-01T00:00:00.000000001Z'
    const following = driver.read({ log, follow: true, until, tail: 1 })[Symbol.asyncIterator]()
    assert.deepEqual(textOf(await nextOf(following)), ['n5'])
    const rest = restOf(following)
    for (const at of [0, 1, 2]) {
      await driver.write({ log, records: ahead(at), position: { stdout: `${20 + at}`, stderr: '0' } })
    }
    assert.deepEqual(textOf(await within(15_000, rest, 'the end of the follower')), ['ahead0', 'ahead1'])
    assert.equal((await read(driver, log)).length, 9)
    await driver.remove({ log })
  },
})

book.prove({
  id: 'follow-a-removed-log',
  methods: ['read', 'remove'],
  title: 'followers of a log that is removed end with its last record',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    await driver.write({ log, records: fill(2, 'a'), position: { stdout: '6', stderr: '0' } })
    const followers = [0, 1].map(() => driver.read({ log, follow: true })[Symbol.asyncIterator]())
    for (const follower of followers) assert.deepEqual(textOf(await nextOf(follower)), ['a0', 'a1'])
    await driver.write({ log, records: fill(1, 'b'), position: { stdout: '9', stderr: '0' } })
    const ends = Promise.all(followers.map(restOf))
    await driver.remove({ log })
    for (const rest of await within(15_000, ends, 'the end of the followers')) assert.deepEqual(textOf(rest), ['b0'])
  },
})

book.prove({
  id: 'reading-given-up',
  methods: ['read', 'remove'],
  title: 'reading that is given up, before it begins or on the way, ends and keeps nothing from the log',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const nothing = outcomes([collect(driver.read({ log, follow: true }, { signal: AbortSignal.abort() }))])
    const { codes: early } = await within(15_000, nothing, 'the end of what was given up, of a log that holds nothing')
    assert.ok(
      early.every((code) => code === 'CANCELLED'),
      early[0],
    )
    await driver.write({ log, records: fill(4_096, 'n'), position: { stdout: '30000', stderr: '0' } })
    await driver.write({ log, records: fill(4_096, 'n', 4_096), position: { stdout: '60000', stderr: '0' } })
    for (const follow of [false, true]) {
      const { answers, codes } = await within(
        15_000,
        outcomes([collect(driver.read({ log, follow }, { signal: AbortSignal.abort() }))]),
        'the end of what was given up before',
      )
      const given = answers.flat(2).length
      assert.ok(given === 0 && codes.every((code) => code === 'CANCELLED'), `${given} records, ${codes.join()}`)
      const giveUp = new AbortController()
      const reading = driver.read({ log, follow }, { signal: giveUp.signal })[Symbol.asyncIterator]()
      assert.ok((await nextOf(reading)).length <= 4_096)
      giveUp.abort()
      const end = await within(15_000, outcomes([restOf(reading)]), 'the end of what was given up')
      assert.ok(end.codes.every((code) => code === 'CANCELLED') && (end.answers[0]?.length ?? 0) < 8_192, end.codes[0])
    }
    await driver.write({ log, records: fill(1, 'after'), position: { stdout: '60010', stderr: '0' } })
    assert.deepEqual(textOf(await read(driver, log, { tail: 1 })), ['after0'])
    await driver.remove({ log })
  },
})
