import { isUtf8 } from 'node:buffer'
import type { StoredRecord } from '@moby/lib-log-files'
import { decodeLine } from './decode-line.ts'

const [quote, backslash, lineFeed, firstPlain, firstHigh] = [0x22, 0x5c, 0x0a, 0x20, 0x80]
const [zero, nine] = [0x30, 0x39]

const head = Buffer.from('{"log":"')
const afterLine = {
  stdout: Buffer.from('\\n","stream":"stdout","time":"'),
  stderr: Buffer.from('\\n","stream":"stderr","time":"'),
}
const between = afterLine.stdout.length
/** Where the two streams differ in what comes after a line. */
const differs = afterLine.stdout.indexOf('out')
const tail = Buffer.from('Z"}\n')
const secondsLength = '2026-01-01T00:00:00.'.length
const timeLength = '2026-01-01T00:00:00.000000000Z'.length

const beginOfTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.$/

/**
 * Records of whole lines of a log, each with its line feed. They are what `decodeLine` makes of each, which is also
 * asked for what is not of the form that most lines have: written here, whole, without attributes, and without anything
 * that JSON escapes but their end. For these no text is made but that of all times together, and nothing is copied: the
 * lines are parts of `bytes`. `damaged` is called for each line that is none of a log.
 */
export function decodeLines(bytes: Buffer, damaged: () => void): StoredRecord[] {
  const records: StoredRecord[] = []
  let text: string | undefined
  let known = -1
  for (let at = 0; at < bytes.length;) {
    const end = isAt(bytes, at, head) ? endOfPlain(bytes, at + head.length) : -1
    if (end !== -1) {
      const stream = bytes[end + differs] === afterLine.stdout[differs] ? 'stdout' : 'stderr'
      const time = end + between
      const isTime = isAt(bytes, end, afterLine[stream]) && isTimeAt(bytes, time, known)
      if (isTime && hasFraction(bytes, time + secondsLength) && isAt(bytes, time + timeLength - 1, tail)) {
        text ??= bytes.toString('latin1')
        const line = bytes.subarray(at + head.length, end)
        records.push({ stream, time: text.slice(time, time + timeLength), line, whole: true })
        known = time
        at = time + timeLength - 1 + tail.length
        continue
      }
    }
    const feed = bytes.indexOf(lineFeed, at)
    const behind = feed === -1 ? bytes.length : feed
    const record = decodeLine(bytes.toString('utf8', at, behind))
    if (record === undefined) damaged()
    else records.push(record)
    at = behind + 1
  }
  return records
}

/** Where a text of JSON that says the same as its bytes ends at an escape; -1 for one that does not. */
function endOfPlain(bytes: Buffer, from: number): number {
  let high = false
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte === backslash) return high && !isUtf8(bytes.subarray(from, at)) ? -1 : at
    if (byte < firstPlain || byte === quote) return -1
    if (byte >= firstHigh) high = true
  }
  return -1
}

function isAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false
  return true
}

/** Whether a time begins at `at`, up to the point in it; most often with the second of the last time, at `known`. */
function isTimeAt(bytes: Buffer, at: number, known: number): boolean {
  if (known !== -1) {
    let index = 0
    while (index < secondsLength && bytes[at + index] === bytes[known + index]) index += 1
    if (index === secondsLength) return true
  }
  return beginOfTime.test(bytes.toString('latin1', at, at + secondsLength))
}

function hasFraction(bytes: Buffer, from: number): boolean {
  for (let at = from; at < from + 9; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte < zero || byte > nine) return false
  }
  return true
}
