/** Messages of the domain name system (RFC 1035), as much as a server of a few names needs. */

export const recordTypes = { a: 1, ptr: 12, aaaa: 28, opt: 41 } as const
export const responseCodes = {
  success: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const

const headerLength = 12
const classInternet = 1

export interface Query {
  readonly id: number
  readonly flags: number
  /** Lower case, without the final dot. */
  readonly name: string
  readonly type: number
  /** The question section as it came, whose spelling the answer repeats. */
  readonly question: Buffer
  /** Bytes that the asker takes over UDP. */
  readonly room: number
}

export interface AnswerRecord {
  readonly type: number
  readonly data: Uint8Array
}

/** Reads a query with one question; undefined for anything else. */
export function readQuery(message: Buffer): Query | undefined {
  if (message.length < headerLength + 5) return undefined
  const flags = message.readUInt16BE(2)
  const isResponse = (flags & 0x8000) !== 0
  if (isResponse || message.readUInt16BE(4) !== 1 || message.readUInt16BE(6) !== 0) return undefined
  const labels: string[] = []
  let at = headerLength
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63) return undefined
    at += 1
    if (length === 0) break
    labels.push(message.toString('latin1', at, at + length))
    at += length
  }
  if (at + 4 > message.length || message.readUInt16BE(at + 2) !== classInternet) return undefined
  const question = message.subarray(headerLength, at + 4)
  return {
    id: message.readUInt16BE(0),
    flags,
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at),
    question,
    room: readRoom(message, at + 4),
  }
}

/** The asker's buffer size from its OPT record (RFC 6891), which a query without other records begins with. */
function readRoom(message: Buffer, at: number): number {
  const smallest = 512
  const additional = message.readUInt16BE(10)
  const hasOption =
    additional > 0 && message[at] === 0 && at + 5 <= message.length && message.readUInt16BE(at + 1) === recordTypes.opt
  return hasOption ? Math.max(smallest, message.readUInt16BE(at + 3)) : smallest
}

/** An answer with all records under the name of the question. What does not fit in `room` is cut and marked so. */
export function writeAnswer(
  query: Query,
  code: number,
  records: readonly AnswerRecord[],
  options: { readonly timeToLive: number; readonly room: number; readonly authoritative: boolean },
): Buffer {
  const encoded = records.map((record) => {
    const bytes = Buffer.alloc(12 + record.data.length)
    bytes.writeUInt16BE(0xc000 | headerLength, 0) // a pointer to the name in the question
    bytes.writeUInt16BE(record.type, 2)
    bytes.writeUInt16BE(classInternet, 4)
    bytes.writeUInt32BE(options.timeToLive, 6)
    bytes.writeUInt16BE(record.data.length, 10)
    bytes.set(record.data, 12)
    return bytes
  })
  let length = headerLength + query.question.length
  const fitting = encoded.filter((bytes) => (length += bytes.length) <= options.room)
  const [response, authoritative, truncated, recursion] = [0x8000, 0x0400, 0x0200, 0x0080]
  const header = Buffer.alloc(headerLength)
  const kept = query.flags & 0x7900 // operation code and "recursion desired"
  const cut = fitting.length < encoded.length ? truncated : 0
  header.writeUInt16BE(query.id, 0)
  header.writeUInt16BE(response | kept | recursion | cut | (options.authoritative ? authoritative : 0) | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(fitting.length, 6)
  return Buffer.concat([header, query.question, ...fitting])
}

/** A name as labels with their lengths. Undefined when a label or the whole is too long or empty. */
export function encodeName(name: string): Buffer | undefined {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1'))
  if (labels.some((label) => label.length === 0 || label.length > 63)) return undefined
  const encoded = Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)])
  return encoded.length > 255 ? undefined : encoded
}
