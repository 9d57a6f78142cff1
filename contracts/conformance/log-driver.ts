import { strict as assert } from 'node:assert'
import { logDriver, type LogRecord } from '../log/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName, within } from './checks.ts'
import { read, type LogFixtures } from './log-helpers.ts'
import { fill, infoOf, recordsOf, textOf } from './log-samples.ts'

const book = new CaseBook<typeof logDriver, LogFixtures>(logDriver)
/** Promises of `log.driver`. Which part of a log is read: log-reading.ts. */
export const logDriverCases = book.cases

book.prove({
  id: 'capabilities',
  methods: ['capabilities'],
  title: 'the driver tells whether it can read back, and read agrees',
  async run({ driver, fixtures }) {
    assert.equal((await driver.capabilities({})).read, fixtures.readable === true)
    if (fixtures.readable === undefined) {
      const log = freshName('log')
      await driver.open({ log, info: infoOf({}) })
      await failsWith('LOG_NOT_READABLE', collect(driver.read({ log })))
    }
  },
})

book.prove({
  id: 'options',
  methods: ['validate', 'open'],
  title: 'no options are fine, and an unknown one is refused before anything is made',
  smoke: true,
  async run({ driver }) {
    await driver.validate({ options: {} })
    await failsWith('LOG_OPTION_INVALID', driver.validate({ options: { 'no-such-option': '1' } }))
  },
})

book.prove({
  id: 'round-trip',
  methods: ['open', 'write', 'read'],
  title: 'records come back in order with stream, time and text as they were written',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const lines = [
      Buffer.from('plain'),
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 128 }, (_, byte) => byte).filter((byte) => byte !== 10)),
      Buffer.from('{"log":"like a record\\n"}\r'),
      Buffer.from('\u2028 😀 \u0000'),
      Buffer.alloc(16_384, 0x61),
    ]
    const records = recordsOf(lines, (at) => (at % 2 === 0 ? 'stdout' : 'stderr'))
    await driver.write({ log, records, position: { stdout: '1000', stderr: '900' } })
    assert.deepEqual(await read(driver, log), records)
    assert.deepEqual(
      await read(driver, log, { streams: ['stderr'] }),
      records.filter(({ stream }) => stream === 'stderr'),
    )
  },
})

book.prove({
  id: 'any-bytes',
  methods: ['write', 'read'],
  title: 'bytes that are no text come back as they were',
  needs: ['readable', 'binary'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10)
    const records = recordsOf([bytes], () => 'stdout')
    await driver.write({ log, records, position: { stdout: '256', stderr: '0' } })
    assert.deepEqual(await read(driver, log), records)
  },
})

book.prove({
  id: 'positions',
  methods: ['open', 'write'],
  title: 'open tells how far the log reaches, from nothing at first; also after close',
  async run({ driver }) {
    const log = freshName('log')
    const start = await driver.open({ log, info: infoOf({}) })
    assert.deepEqual(start.position, { stdout: '0', stderr: '0' })
    await driver.write({ log, records: fill(1, 'a'), position: { stdout: '1125899906842625', stderr: '3' } })
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, {
      stdout: '1125899906842625',
      stderr: '3',
    })
    await driver.close({ log })
    await driver.close({ log })
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, {
      stdout: '1125899906842625',
      stderr: '3',
    })
  },
})

book.prove({
  id: 'removed-begins-anew',
  methods: ['open', 'write', 'close', 'remove'],
  title: 'a log that was written, closed and removed begins at nothing when it is opened again',
  smoke: true,
  async run({ driver }) {
    const log = freshName('log')
    try {
      await driver.open({ log, info: infoOf({}) })
      await driver.write({ log, records: fill(3, 'a'), position: { stdout: '30', stderr: '0' } })
      assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, { stdout: '30', stderr: '0' })
      await driver.close({ log })
      await driver.remove({ log })
      assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, { stdout: '0', stderr: '0' })
    } finally {
      await driver.remove({ log }).catch(() => undefined)
    }
  },
})

book.prove({
  id: 'write-again',
  methods: ['write', 'read'],
  title: 'a batch that comes again is dropped, and writing goes on after it',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const first = { log, records: fill(10, 'first'), position: { stdout: '100', stderr: '0' } }
    await driver.write(first)
    await driver.write(first)
    await driver.write({ log, records: fill(5, 'next'), position: { stdout: '150', stderr: '0' } })
    await driver.write(first)
    assert.deepEqual(textOf(await read(driver, log)), textOf([...fill(10, 'first'), ...fill(5, 'next')]))
  },
})

book.prove({
  id: 'large-batch',
  methods: ['write', 'read'],
  title: 'a batch of 4096 records is taken as a whole',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const records = fill(4096, 'much')
    await driver.write({ log, records, position: { stdout: '50000', stderr: '0' } })
    assert.deepEqual(textOf(await read(driver, log)), textOf(records))
  },
})

book.prove({
  id: 'logs-are-apart',
  methods: ['open', 'write', 'read', 'remove'],
  title: 'logs with like names do not mix, also when they are written at once',
  needs: ['readable'],
  async run({ driver }) {
    const base = freshName('log')
    const logs = [base, `${base}.1`, `${base}-1`, `${base}_1`]
    await Promise.all(
      logs.map(async (log) => {
        await driver.open({ log, info: infoOf({}) })
        for (let batch = 1; batch <= 5; batch++) {
          await driver.write({
            log,
            records: fill(3, `${log}/${batch}/`),
            position: { stdout: `${batch}`, stderr: '0' },
          })
        }
      }),
    )
    for (const log of logs) {
      const lines = textOf(await read(driver, log))
      assert.equal(lines.length, 15)
      assert.ok(
        lines.every((line) => line.startsWith(`${log}/`)),
        `${log} holds ${lines.join(' ')}`,
      )
    }
    await driver.remove({ log: base })
    assert.equal((await read(driver, `${base}.1`)).length, 15)
  },
})

book.prove({
  id: 'unknown-log',
  methods: ['read', 'write', 'close', 'remove'],
  title: 'what was never opened or was removed is not found; to close or remove it is success',
  async run({ driver, fixtures }) {
    const log = freshName('log')
    const write = () => driver.write({ log, records: fill(1, 'a'), position: { stdout: '5', stderr: '0' } })
    await failsWith('LOG_NOT_FOUND', write())
    await failsWith(['LOG_NOT_FOUND', 'LOG_NOT_READABLE'], collect(driver.read({ log })))
    await driver.close({ log })
    await driver.remove({ log })
    await driver.open({ log, info: infoOf({}) })
    await write()
    await driver.remove({ log })
    await driver.remove({ log })
    await failsWith('LOG_NOT_FOUND', write())
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, { stdout: '0', stderr: '0' })
    if (fixtures.readable) assert.deepEqual(await read(driver, log), [])
    await driver.remove({ log })
  },
})

book.prove({
  id: 'rotation',
  methods: ['open', 'write', 'read'],
  title: 'a log that keeps only its newest part loses lines at the beginning alone, and its followers lose none',
  needs: ['readable', 'rotation'],
  async run({ driver, fixtures }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf(fixtures.rotation) })
    const followed: LogRecord[] = []
    let told = (): void => undefined
    const follower = (async () => {
      for await (const batch of driver.read({ log, follow: true })) {
        followed.push(...batch)
        told()
      }
    })()
    const total = 3_000
    for (let at = 0; at < total; at += 50) {
      const records = fill(50, 'n', at)
      await driver.write({ log, records, position: { stdout: String(at + 50), stderr: '0' } })
      while (followed.length < at + 50) {
        const more = new Promise<void>((resolve) => (told = resolve))
        const ended = follower.then(() => assert.fail('the follower ended before the log was closed'))
        await within(10_000, Promise.race([more, ended]), `record ${at + 50} of a follower that has ${followed.length}`)
      }
      // Also right after a new part was begun.
      if (at < total - 300) continue
      for (const how of [{}, { tail: 100 }]) {
        const found = await read(driver, log, how)
        assert.ok(found.length >= 100, `${found.length} lines are kept of ${at + 50}`)
      }
    }
    const kept = textOf(await read(driver, log))
    assert.ok(kept.length > 10 && kept.length < total, `${kept.length} of ${total} lines are kept`)
    assert.deepEqual(kept, textOf(fill(kept.length, 'n', total - kept.length)))
    assert.deepEqual(textOf(await read(driver, log, { tail: 7 })), textOf(fill(7, 'n', total - 7)))
    await driver.close({ log })
    await within(10_000, follower, 'the end of the follower')
    assert.deepEqual(textOf(followed), textOf(fill(total, 'n')))
    await driver.remove({ log })
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['open', 'write', 'read'],
  title: 'after a restart every acknowledged record is there once, and so is the position',
  needs: ['restart', 'readable'],
  async run(subject) {
    const log = freshName('log')
    await subject.driver.open({ log, info: infoOf({}) })
    const last = { log, records: fill(5, 'b'), position: { stdout: '20', stderr: '0' } }
    await subject.driver.write({ log, records: fill(5, 'a'), position: { stdout: '10', stderr: '0' } })
    await subject.driver.write(last)
    await subject.restart()
    const { driver } = subject
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, last.position)
    await driver.write(last)
    await driver.write({ log, records: fill(5, 'c'), position: { stdout: '30', stderr: '0' } })
    assert.deepEqual(textOf(await read(driver, log)), textOf([...fill(5, 'a'), ...fill(5, 'b'), ...fill(5, 'c')]))
    await driver.remove({ log })
  },
})
