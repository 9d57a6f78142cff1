import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '@moby/contracts'

/** One line of the file, in dockerd's form. `attributes` is JSON, or empty. */
export function encodeRecord({ line, stream, time, partial }: LogRecord, attributes: string): string {
  const end = partial === undefined || partial.last ? '\n' : ''
  const attrs = attributes === '' ? '' : `"attrs":${attributes},`
  return `{"log":${JSON.stringify(decodeText(line) + end)},"stream":"${stream}",${attrs}"time":"${time}"}\n`
}

/** Bytes of the stream that a record stands for. */
export function recordBytes({ line, partial }: LogRecord): number {
  return line.length + (partial === undefined || partial.last ? 1 : 0)
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
