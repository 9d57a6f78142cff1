import { strict as assert } from 'node:assert'
import { logDriver, type LogRecord } from '../log/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, outcomes, within } from './checks.ts'
import { read, type LogFixtures } from './log-helpers.ts'
import { fill, infoOf, joinPieces, recordsOf, textOf } from './log-samples.ts'

const book = new CaseBook<typeof logDriver, LogFixtures>(logDriver)
/** Promises of `log.driver` about what a log takes, and when. */
export const logWritingCases = book.cases

book.prove({
  id: 'options-at-open',
  methods: ['open'],
  title: 'a log with an unknown option is not opened, and nothing is made of it',
  async run({ driver }) {
    const log = freshName('log')
    await failsWith('LOG_OPTION_INVALID', driver.open({ log, info: infoOf({ 'no-such-option': '1' }) }))
    await failsWith(
      'LOG_NOT_FOUND',
      driver.write({ log, records: fill(1, 'a'), position: { stdout: '2', stderr: '0' } }),
    )
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, { stdout: '0', stderr: '0' })
    await driver.remove({ log })
  },
})

book.prove({
  id: 'open-again',
  methods: ['open', 'write', 'read'],
  title: 'a log that is open can be opened again, also with other options, and what it holds stays',
  needs: ['readable'],
  async run({ driver, fixtures }) {
    const log = freshName('log')
    const made = await driver.open({ log, info: infoOf({}) })
    await driver.write({ log, records: fill(3, 'first'), position: { stdout: '30', stderr: '0' } })
    const again = await driver.open({ log, info: infoOf(fixtures.rotation ?? {}) })
    assert.deepEqual(again, { ...made, position: { stdout: '30', stderr: '0' } })
    await driver.write({ log, records: fill(2, 'second'), position: { stdout: '50', stderr: '0' } })
    assert.deepEqual(textOf(await read(driver, log)), textOf([...fill(3, 'first'), ...fill(2, 'second')]))
    await driver.remove({ log })
  },
})

book.prove({
  id: 'closed-log',
  methods: ['close', 'write', 'open', 'read'],
  title: 'a closed log takes no records, can be read, and goes on when it is opened again',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    await driver.write({ log, records: fill(2, 'a'), position: { stdout: '6', stderr: '0' } })
    await driver.close({ log })
    const next = { log, records: fill(2, 'b'), position: { stdout: '12', stderr: '0' } }
    await failsWith('LOG_NOT_FOUND', driver.write(next))
    assert.deepEqual(textOf(await read(driver, log)), textOf(fill(2, 'a')))
    assert.deepEqual(textOf(await read(driver, log, { follow: true, tail: 1 })), ['a1'])
    await driver.open({ log, info: infoOf({}) })
    await driver.write(next)
    assert.deepEqual(textOf(await read(driver, log)), textOf([...fill(2, 'a'), ...fill(2, 'b')]))
    await driver.remove({ log })
  },
})

book.prove({
  id: 'either-stream',
  methods: ['open', 'write', 'read'],
  title: 'a batch that goes on in one stream alone is taken, one that does in neither is dropped',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const position = { stdout: 0, stderr: 0 }
    const reached = () => ({ stdout: String(position.stdout), stderr: String(position.stderr) })
    const wanted: string[] = []
    for (const [at, stream] of (['stderr', 'stdout', 'stderr', 'stderr', 'stdout'] as const).entries()) {
      const record = { ...(fill(1, `${stream} `, at)[0] as LogRecord), stream }
      position[stream] += record.line.length + 1
      wanted.push(...textOf([record]))
      for (let times = 0; times < 2; times++) await driver.write({ log, records: [record], position: reached() })
      assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, reached())
    }
    assert.deepEqual(textOf(await read(driver, log)), wanted)
    await driver.remove({ log })
  },
})

book.prove({
  id: 'same-batch-at-once',
  methods: ['write', 'open', 'close', 'remove', 'read'],
  title:
    'a batch that is sent several times at once is there once, and a log that is closed or removed meanwhile is whole',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await Promise.all([1, 2, 3].map(() => driver.open({ log, info: infoOf({}) })))
    const batch = { log, records: fill(40, 'a'), position: { stdout: '150', stderr: '0' } }
    await Promise.all([1, 2, 3, 4].map(() => driver.write(batch)))
    assert.deepEqual(textOf(await read(driver, log)), textOf(fill(40, 'a')))
    const later = { log, records: fill(40, 'b'), position: { stdout: '300', stderr: '0' } }
    const { codes } = await outcomes<unknown>([driver.write(later), driver.close({ log }), driver.close({ log })])
    assert.ok(
      codes.every((code) => code === 'LOG_NOT_FOUND'),
      codes.join(', '),
    )
    const whole = textOf([...fill(40, 'a'), ...(codes.length === 0 ? fill(40, 'b') : [])])
    assert.deepEqual(textOf(await read(driver, log)), whole)
    await Promise.all([1, 2].map(() => driver.remove({ log })))
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, { stdout: '0', stderr: '0' })
    assert.deepEqual(await read(driver, log), [])
    await driver.remove({ log })
  },
})

book.prove({
  id: 'no-records',
  methods: ['open', 'write', 'read'],
  title: 'a batch without records moves the position alone',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const position = { stdout: '7', stderr: '9' }
    await driver.write({ log, records: [], position })
    assert.deepEqual((await driver.open({ log, info: infoOf({}) })).position, position)
    assert.deepEqual(await read(driver, log), [])
    await driver.remove({ log })
  },
})

book.prove({
  id: 'long-lines',
  methods: ['write', 'read'],
  title:
    'lines of a MiB come back whole, from the beginning and from the end of the log, and so do short ones around them',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const texts = ['before', 'ü"\n'.slice(0, 2).repeat(300_000), 'between', 'x'.repeat(1_048_576), 'after']
    const records = recordsOf(
      texts.map((text) => Buffer.from(text)),
      (at) => (at % 2 === 0 ? 'stdout' : 'stderr'),
    )
    await driver.write({ log, records, position: { stdout: '100', stderr: '2000000' } })
    for (const how of [{}, { tail: 5 }]) {
      const found = await read(driver, log, how)
      assert.deepEqual(
        found.map(({ line, time, stream }) => [stream, time, line.length]),
        records.map(({ line, time, stream }) => [stream, time, line.length]),
      )
      assert.ok(textOf(found).every((text, at) => text === texts[at]))
    }
    assert.deepEqual(textOf(await read(driver, log, { tail: 1 })), ['after'])
    await driver.remove({ log })
  },
})

book.prove({
  id: 'pieces-are-told',
  methods: ['write', 'read'],
  title: 'pieces that come back apart are numbered, those of a line under one id, and whole lines are no pieces',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const piece = (stream: 'stdout' | 'stderr', id: string, ordinal: number, last: boolean): LogRecord => ({
      stream,
      time: '2024-01-01T00:00:00.000000001Z',
      line: Buffer.from(`${id}${ordinal}`),
      partial: { id, ordinal, last },
    })
    const records = [
      ...fill(1, 'whole'),
      piece('stdout', 'a', 1, false),
      piece('stderr', 'b', 1, false),
      piece('stdout', 'a', 2, false),
      piece('stderr', 'b', 2, true),
      { ...(fill(1, 'alone')[0] as LogRecord), stream: 'stderr' as const },
      piece('stdout', 'a', 3, true),
      ...fill(1, 'plain'),
      piece('stdout', 'c', 1, false),
      piece('stdout', 'c', 2, true),
    ]
    await driver.write({ log, records, position: { stdout: '25', stderr: '12' } })
    const found = await read(driver, log)
    assert.deepEqual(joinPieces(found).toSorted(), ['a1a2a3', 'alone0', 'b1b2', 'c1c2', 'plain0', 'whole0'])
    const open = new Map<string, { id: string; ordinal: number }>()
    const ids = new Set<string>()
    for (const { stream, partial, line } of found) {
      const before = open.get(stream)
      if (partial === undefined) {
        assert.equal(before, undefined, `${textOf(found).join()}: a line of ${stream} is not ended`)
        continue
      }
      assert.equal(partial.ordinal, (before?.ordinal ?? 0) + 1, `the number of ${new TextDecoder().decode(line)}`)
      if (before === undefined) {
        assert.ok(!ids.has(partial.id), `${partial.id} is the id of two lines`)
        assert.ok(!partial.last, 'a whole line is told as a piece')
      } else assert.equal(partial.id, before.id)
      ids.add(partial.id)
      if (partial.last) open.delete(stream)
      else open.set(stream, partial)
    }
    assert.equal(open.size, 0)
    await driver.remove({ log })
  },
})

book.prove({
  id: 'no-text',
  methods: ['write', 'read'],
  title: 'of bytes that are no UTF-8 a line keeps all that is, whatever stands for the rest',
  needs: ['readable'],
  async run({ driver }) {
    const log = freshName('log')
    await driver.open({ log, info: infoOf({}) })
    const samples = [
      [0x61, 0xff, 0x62],
      [0xc3, 0x28],
      [0xe2, 0x82],
      [0xe2, 0x82, 0xac, 0x80, 0xe2, 0x28, 0xa1],
      [0xf0, 0x9f, 0x98, 0x80, 0xf0, 0x9f, 0x98],
      [0xed, 0xa0, 0x80, 0x22],
      [0xc0, 0x80, 0x5c, 0x01],
    ].map((bytes) => Uint8Array.from(bytes))
    const records = recordsOf(samples, () => 'stdout')
    await driver.write({ log, records, position: { stdout: '40', stderr: '0' } })
    const found = await read(driver, log)
    const texts = (each: readonly LogRecord[]) => textOf(each).map((text) => text.replaceAll(/\ufffd+/g, '\ufffd'))
    assert.deepEqual(texts(found), texts(records))
    await driver.remove({ log })
  },
})

book.prove({
  id: 'restart-in-the-middle',
  methods: ['open', 'write', 'read'],
  title:
    'a driver that ends while it writes has the whole batch or can be sent it again, and closed logs are read as before',
  needs: ['restart', 'readable'],
  async run(subject) {
    const [log, closed] = [freshName('log'), freshName('closed')]
    for (const each of [log, closed]) {
      await subject.driver.open({ log: each, info: infoOf({}) })
      await subject.driver.write({ log: each, records: fill(2, 'a'), position: { stdout: '6', stderr: '0' } })
    }
    await subject.driver.close({ log: closed })
    const batches = [1, 2, 3].map((at) => ({
      log,
      records: fill(500, 'b', at * 500),
      position: { stdout: String(6 + at * 3_000), stderr: '0' },
    }))
    let acknowledged = 0
    const sending = (async () => {
      for (const batch of batches) {
        await subject.driver.write(batch)
        acknowledged += 1
      }
    })().catch(() => undefined)
    await subject.restart()
    await within(15_000, sending, 'the end of what was being written')
    const { driver } = subject
    assert.deepEqual(textOf(await read(driver, closed)), textOf(fill(2, 'a')))
    const { position } = await driver.open({ log, info: infoOf({}) })
    const has = batches.filter((batch) => BigInt(batch.position.stdout) <= BigInt(position.stdout)).length
    assert.ok(has >= acknowledged, `${acknowledged} batches were acknowledged, and ${has} are there`)
    for (const batch of batches) await driver.write(batch)
    assert.deepEqual(textOf(await read(driver, log)), textOf([...fill(2, 'a'), ...fill(1_500, 'b', 500)]))
    await driver.remove({ log })
    await driver.remove({ log: closed })
  },
})
