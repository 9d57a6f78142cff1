import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '@moby/contracts'
import { endsLine } from '@moby/lib-log-files'

/** One line of the file, in dockerd's form. `attributes` is JSON, or empty. */
export function encodeRecord(record: LogRecord, attributes: string): string {
  const { line, stream, time } = record
  const end = endsLine(record) ? '\n' : ''
  const attrs = attributes === '' ? '' : `"attrs":${attributes},`
  return `{"log":${JSON.stringify(decodeText(line) + end)},"stream":"${stream}",${attrs}"time":"${time}"}\n`
}

/** Text of bytes as Go reads them: every byte that is not part of valid UTF-8 becomes one U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(buffer)) return buffer.toString()
  let text = ''
  let valid = 0
  for (let offset = 0; offset < buffer.length;) {
    const length = sequenceLength(buffer, offset)
    if (length > 0) {
      offset += length
      continue
    }
    text += `${buffer.toString('utf8', valid, offset)}\ufffd`
    offset += 1
    valid = offset
  }
  return text + buffer.toString('utf8', valid)
}

/** Length of the valid sequence at an offset, 0 when there is none. */
function sequenceLength(buffer: Buffer, offset: number): number {
  const first = buffer[offset] ?? 0
  if (first < 0x80) return 1
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const sequence = buffer.subarray(offset, offset + length)
  return sequence.length === length && isUtf8(sequence) ? length : 0
}
