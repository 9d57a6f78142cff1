import type { RecordFormat } from '@moby/lib-log-files'
import { decodeLines } from './decode-lines.ts'

const lineFeed = 0x0a

/** Files of dockerd's json-file driver: `<log>-json.log`, a line of JSON for each record. */
export const jsonLines: RecordFormat = {
  fileName: (log) => `${log}-json.log`,
  forward: (bytes, _reach, damaged) => {
    const used = bytes.lastIndexOf(lineFeed) + 1
    return { records: decodeLines(bytes.subarray(0, used), damaged), used }
  },
  backward: (bytes, { isBegin, isEnd }, damaged) => {
    const feed = bytes.indexOf(lineFeed)
    if (!isBegin && feed === -1) return { records: [], left: bytes.length }
    const left = isBegin ? 0 : feed + 1
    const end = isEnd ? bytes.lastIndexOf(lineFeed) + 1 : bytes.length
    return { records: decodeLines(bytes.subarray(left, end), damaged), left }
  },
  /** A line without its end is ended, so that it alone is lost. */
  mend: async (file, size) => {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
    if (buffer[0] === lineFeed) return size
    await file.write('\n')
    return size + 1
  },
}
