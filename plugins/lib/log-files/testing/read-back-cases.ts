import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogRecord } from '@moby/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogFilesDriver } from '../log-files-driver.ts'
import { endsLine, recordBytes } from '../record-bytes.ts'
import type { LogKind } from './log-bench.ts'
import { logLine } from './log-lines.ts'
import { info, timeOf } from './samples.ts'

const ignore = () => undefined
const options = fc.constantFrom<Record<string, string>>(
  {},
  { 'max-size': '2k', 'max-file': '1000', compress: 'false' },
  { 'max-size': '40k', 'max-file': '1000', compress: 'true' },
)
const lines = fc.array(
  fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    line: logLine,
    goesOn: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
  }),
  { minLength: 1, maxLength: 60 },
)
const request = fc.record(
  { since: fc.nat({ max: 60 }), until: fc.nat({ max: 60 }), tail: fc.nat({ max: 70 }), follow: fc.constant(true) },
  { requiredKeys: [] },
)

/** A record, and the line of its stream that it is a piece of. */
type Sample = LogRecord & { readonly number: number }

/** Records as an engine cuts them: pieces of one line follow each other in their stream. */
function recordsOf(parts: readonly { stream: 'stdout' | 'stderr'; line: Uint8Array; goesOn: boolean }[]): Sample[] {
  const open = new Map<string, { ordinal: number; number: number }>()
  return parts.map(({ stream, line, goesOn }, at) => {
    const before = open.get(stream)
    const piece = before ?? { ordinal: 0, number: at }
    const base = { stream, line, time: timeOf(at), number: piece.number }
    // A piece that goes on has at least a byte: the engine makes no other, and a position would not tell of it. Nor does
    // it end with a line feed, which is where the engine ends a line.
    const partial = goesOn && line.length > 0 && line.at(-1) !== 0x0a
    if (before === undefined && !partial) return base
    piece.ordinal += 1
    if (partial) open.set(stream, piece)
    else open.delete(stream)
    return { ...base, partial: { id: `${stream}-${piece.number}`, ordinal: piece.ordinal, last: !partial } }
  })
}

/** What a log of these records should give, by the words of the contract. */
function choose(records: readonly Sample[], wish: { since?: number; until?: number; tail?: number }): Sample[] {
  const { since = 0, until = 1e9, tail = Infinity } = wish
  let count = 0
  const open = new Set<string>()
  const taken: Sample[] = []
  for (const record of records.toReversed()) {
    const isEnd = record.partial === undefined || record.partial.last || !open.has(record.stream)
    if (isEnd && count === tail) break
    if (isEnd) count += 1
    open.add(record.stream)
    taken.push(record)
  }
  return taken.toReversed().filter(({ time }) => time >= timeOf(since) && time <= timeOf(until))
}

/** Holds a driver of log files against a model of the contract. `textOf` is what it makes of the bytes of a line. */
export function testReadBack(kind: LogKind & { readonly textOf: (line: Uint8Array) => string }): void {
  /** Stream, time, text and whether the line goes on. */
  const told = (record: LogRecord) =>
    `${record.stream} ${record.time} ${kind.textOf(record.line)} ${endsLine(record) ? 'ends' : 'goes on'}`

  const read = async (driver: LogFilesDriver, how: Parameters<LogFilesDriver['api']['read']>[0]): Promise<string[]> => {
    const found: string[] = []
    for await (const batch of driver.api.read(how)) found.push(...batch.map(told))
    return found
  }

  test('what was written in any shape comes back, over rotated and compressed files, however it is asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'))
    const driver = kind.open(folder, {
      debug: ignore,
      info: ignore,
      warn: expect.unreachable,
      error: expect.unreachable,
    })
    let log = 0
    try {
      await fc.assert(
        fc.asyncProperty(options, lines, fc.array(request, { maxLength: 4 }), async (how, parts, requests) => {
          log += 1
          const id = { log: `log${log}` }
          const records = recordsOf(parts)
          await driver.api.open({ ...id, info: { ...info, options: how } })
          const position = { stdout: 0, stderr: 0 }
          const write = async (batch: readonly Sample[]) => {
            for (const record of batch) position[record.stream] += recordBytes(record)
            const reached = { stdout: String(position.stdout), stderr: String(position.stderr) }
            await driver.api.write({
              ...id,
              records: batch.map(({ number: _number, ...rest }) => rest),
              position: reached,
            })
          }
          const half = Math.floor(records.length / 2)
          await write(records.slice(0, half))
          const following = read(driver, { ...id, follow: true })
          await write(records.slice(half))
          for (const { since, until, tail, follow } of requests) {
            const found = await read(driver, {
              ...id,
              ...(since === undefined ? {} : { since: timeOf(since) }),
              ...(until === undefined ? {} : { until: timeOf(until) }),
              ...(tail === undefined ? {} : { tail }),
              // All of these times have passed, so that it does not wait.
              ...(follow === undefined || until === undefined ? {} : { follow }),
            })
            const wish = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
            expect(found).toEqual(choose(records, tail === undefined ? wish : { ...wish, tail }).map(told))
          }
          await driver.api.close(id)
          expect(await following).toEqual(records.map(told))
          expect(await read(driver, id)).toEqual(records.map(told))
          await driver.api.remove(id)
        }),
        { numRuns: 60 },
      )
    } finally {
      await driver.close()
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)

  test('a batch holds no more than a caller takes, and a line that is longer than what is read at a time is whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'))
    const driver = kind.open(folder, { debug: ignore, info: ignore, warn: ignore, error: ignore })
    const texts = [...Array.from({ length: 9000 }, (_, at) => `${at}`), 'long'.repeat(200_000), 'after']
    try {
      await driver.api.open({ log: 'big', info })
      for (let at = 0; at < texts.length; at += 4000) {
        const records = texts
          .slice(at, at + 4000)
          .map((text): LogRecord => ({ stream: 'stdout', time: timeOf(0), line: Buffer.from(text) }))
        await driver.api.write({ log: 'big', records, position: { stdout: String(at + 1), stderr: '0' } })
      }
      for (const how of [{}, { tail: texts.length }]) {
        const found: string[] = []
        for await (const batch of driver.api.read({ log: 'big', ...how })) {
          expect(batch.length).toBeGreaterThan(0)
          expect(batch.length).toBeLessThanOrEqual(4096)
          found.push(...batch.map(({ line }) => Buffer.from(line).toString()))
        }
        expect(found.findIndex((text, at) => text !== texts[at])).toBe(-1)
        expect(found).toHaveLength(texts.length)
      }
    } finally {
      await driver.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
}
