import type { LogRecord } from '@moby/contracts'
import { readForward, type StoredRecord } from '@moby/lib-log-files'
import { logLine, timeOf } from '@moby/lib-log-files/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EntryEncoder } from './entry-encoder.ts'
import { entryFrames } from './entry-frames.ts'

const anyRecord = fc
  .record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    time: fc.nat({ max: 1e9 }).map(timeOf),
    line: logLine,
    partial: fc.option(
      fc.record({
        id: fc.string({ maxLength: 200 }),
        ordinal: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        last: fc.boolean(),
      }),
      { nil: undefined },
    ),
  })
  .map(({ partial, ...rest }): LogRecord => (partial === undefined ? rest : { ...rest, partial }))
const records = fc.array(anyRecord, { maxLength: 12 })

function encode(batch: readonly LogRecord[]): Buffer {
  const encoder = new EntryEncoder()
  for (const record of batch) encoder.add(record)
  return Buffer.from(encoder.take())
}

/** What is read back of a record, in a form that compares. */
const told = ({ stream, time, line, whole }: StoredRecord) =>
  `${stream} ${time} ${whole} ${Buffer.from(line).toString('latin1')}`
const wanted = (batch: readonly LogRecord[]) =>
  batch.map(({ partial, ...rest }) => told({ ...rest, whole: partial?.last ?? true }))

function readAll(bytes: Buffer, isEnd = true) {
  let damaged = 0
  const { records, used } = entryFrames.forward(bytes, { isEnd }, () => (damaged += 1))
  return { records: records.map(told), used, damaged }
}

function readAllBack(bytes: Buffer) {
  let damaged = 0
  const { records, left } = entryFrames.backward(bytes, { isBegin: true, isEnd: true }, () => (damaged += 1))
  return { records: records.map(told), left, damaged }
}

test('a record is framed as dockerd frames it', () => {
  const piece = { id: 'ab', ordinal: 300, last: true }
  const bytes = encode([
    { stream: 'stdout', time: '2026-01-01T00:00:00.000000001Z', line: Buffer.from('hi') },
    { stream: 'stderr', time: '2026-01-01T00:00:00.000000001Z', line: Buffer.alloc(0), partial: piece },
  ])
  const time = '108180e8ef9eca9cc318'
  const first = `0a067374646f7574${time}1a026869`
  const second = `0a06737464657272${time}20012a0908011202616218ac02`
  expect(bytes.toString('hex')).toBe(frame(first) + frame(second))
})

function frame(hex: string): string {
  const length = (hex.length / 2).toString(16).padStart(8, '0')
  return `${length}${hex}${length}`
}

test('what dockerd 28.5 wrote is read, and written again it is the same', () => {
  const id = 'd9c932fe07d3859d784fc89715b8b2641395ad5aca711c8185085979d6fd8fbf'
  const theirs = [
    '000000170a067374646f75741093d8a9b3b3b79ff6181a036f6e6500000017',
    '000000120a067374646f757410a1e7b5b3b3b79ff61800000012',
    '000000170a0673746465727210db9abbb3b3b79ff6181a0365727200000017',
    `0000005f0a067374646f757410ea81f68ab4b79ff6181a03656e6420012a441240${Buffer.from(id).toString('hex')}18010000005f`,
  ].join('')
  const piece = { id, ordinal: 1, last: false }
  const batch: LogRecord[] = [
    { stream: 'stdout', time: '2026-11-29T10:36:34.439285779Z', line: Buffer.from('one') },
    { stream: 'stdout', time: '2026-11-29T10:36:34.439484321Z', line: Buffer.alloc(0) },
    { stream: 'stderr', time: '2026-11-29T10:36:34.439572827Z', line: Buffer.from('err') },
    { stream: 'stdout', time: '2026-11-29T10:36:34.622988522Z', line: Buffer.from('end'), partial: piece },
  ]
  expect(readAll(Buffer.from(theirs, 'hex')).records).toEqual(wanted(batch))
  expect(encode(batch).toString('hex')).toBe(theirs)
})

test('records of any bytes come back, read from the beginning and from the end', () => {
  fc.assert(
    fc.property(records, (batch) => {
      const bytes = encode(batch)
      expect(readAll(bytes)).toEqual({ records: wanted(batch), used: bytes.length, damaged: 0 })
      expect(readAllBack(bytes)).toEqual({ records: wanted(batch), left: 0, damaged: 0 })
    }),
  )
})

test('what is cut anywhere gives the records that are whole, and the rest when more has come', () => {
  fc.assert(
    fc.property(records, fc.nat(), (batch, at) => {
      const bytes = encode(batch)
      const cut = at % (bytes.length + 1)
      const head = readAll(bytes.subarray(0, cut), false)
      const tail = readAll(bytes.subarray(head.used))
      expect([...head.records, ...tail.records]).toEqual(wanted(batch))
      const back = entryFrames.backward(bytes.subarray(cut), { isBegin: cut === 0, isEnd: true }, () => undefined)
      const before = readAllBack(Buffer.concat([bytes.subarray(0, cut), bytes.subarray(cut, cut + back.left)]))
      expect([...before.records, ...back.records.map(told)]).toEqual(wanted(batch))
    }),
  )
})

test('a line that holds whole frames is a line, wherever what is read at a time begins and ends', () => {
  const frames = encode(['one', 'two'].map((text) => ({ stream: 'stdout', time: timeOf(0), line: Buffer.from(text) })))
  const batch: LogRecord[] = [{ stream: 'stderr', time: timeOf(1), line: Buffer.concat([Buffer.from('x'), frames]) }]
  const bytes = encode(batch)
  for (let cut = 1; cut < bytes.length; cut += 1) {
    expect(readAll(bytes.subarray(0, cut), false)).toEqual({ records: [], used: 0, damaged: 0 })
    const back = entryFrames.backward(bytes.subarray(cut), { isBegin: false, isEnd: true }, () => expect.unreachable())
    expect(back).toEqual({ records: [], left: bytes.length - cut })
  }
})

test('a number has no zeros at its end', () => {
  const bytes = encode([{ stream: 'stdout', time: '1970-01-01T00:00:00.000000300Z', line: Buffer.from('a') }])
  expect(bytes.toString('hex')).toBe(frame('0a067374646f757410ac021a0161'))
})

const plain = fc.array(
  anyRecord.map((record): LogRecord => ({ ...record, line: Buffer.from(record.line).map((byte) => byte | 0x80) })),
  { minLength: 1, maxLength: 8 },
)
const garbage = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.nat({ max: 200 }).map((size) => Buffer.alloc(size + 1)),
)

test('garbage between records costs none of them, and is told', () => {
  fc.assert(
    fc.property(plain, garbage, plain, (before, between, after) => {
      const bytes = Buffer.concat([encode(before), between, encode(after)])
      const all = [...wanted(before), ...wanted(after)]
      for (const read of [readAll(bytes), readAllBack(bytes)]) {
        expect(read.records).toEqual(all)
        expect(read.damaged).toBeGreaterThan(0)
      }
    }),
  )
})

test.each([
  ['a tag that is none', '00'],
  ['a form that is none', '0b'],
  ['a length beyond the message', '1a7f'],
  ['a number without end', '10ffffffffffffffffffff01'],
  ['a source that is no stream', '0a03666f6f'],
])('a message with %s is no record', (_what, member) => {
  const good = encode([{ stream: 'stdout', time: timeOf(0), line: Buffer.from('good') }])
  const message = `0a067374646f7574${member}`
  const bytes = Buffer.concat([good, Buffer.from(frame(message), 'hex'), good])
  expect(readAll(bytes)).toMatchObject({ records: expect.objectContaining({ length: 2 }) as unknown, damaged: 1 })
  expect(readAllBack(bytes)).toMatchObject({ records: expect.objectContaining({ length: 2 }) as unknown, damaged: 1 })
})

test('members that are not known, as newer versions of dockerd write them, are passed over', () => {
  const attribute = '32080a016b12036f6e65'
  const others = `${attribute}3d00000000410000000000000000c80101`
  const bytes = Buffer.from(frame(`0a067374646f75741a026869${others}`), 'hex')
  expect(readAll(bytes).records).toEqual(['stdout 1970-01-01T00:00:00.000000000Z true hi'])
})

test('a file that lost its end is cut behind its last whole record, also behind damage; a whole one is not read', async () => {
  const one = encode([{ stream: 'stdout', time: timeOf(0), line: Buffer.from('one') }])
  const damaged = Buffer.concat([one, Buffer.alloc(30), one])
  for (const [bytes, size] of [
    [one, one.length],
    [Buffer.concat([one, one.subarray(0, 20)]), one.length],
    [Buffer.concat([damaged, one.subarray(0, -1)]), damaged.length],
    [Buffer.alloc(4096), 0],
  ] as const) {
    const file = memoryFile(bytes)
    expect(await entryFrames.mend(file, bytes.length)).toBe(size)
    expect(file.size()).toBe(size)
    if (bytes === one) expect(file.reads()).toBe(2)
  }
})

function memoryFile(bytes: Buffer) {
  let [size, reads] = [bytes.length, 0]
  const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
    reads += 1
    return { buffer, bytesRead: bytes.copy(buffer, offset, position, position + length) }
  }
  const truncate = async (to: number) => void (size = to)
  const file = { read, truncate, write: async () => undefined } as unknown as Parameters<typeof readForward>[0] &
    Parameters<typeof entryFrames.mend>[0]
  return Object.assign(file, { size: () => size, reads: () => reads })
}
