import { codedError } from '../errors/index.ts'

const quote = 0x22
const backslash = 0x5c
const excerptBytes = 200

/**
 * Reads JSON that a peer sent. Keys named `__proto__` stay ordinary keys of their object.
 * Fails with `code` for what is not JSON or is nested deeper than `depth`; `subject` names the body in the message.
 */
export function parseJson(
  bytes: Uint8Array,
  depth: number,
  code: 'WIRE_REQUEST_INVALID' | 'WIRE_RESPONSE_INVALID',
  subject: string,
): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isDeeperThan(buffer, depth)) {
    throw codedError(code, `${subject}: values are nested deeper than ${depth} levels`)
  }
  try {
    return JSON.parse(buffer.toString('utf8')) as unknown
  } catch (cause) {
    throw codedError(code, `${subject}: ${buffer.length === 0 ? 'an empty body' : `not JSON: ${excerpt(buffer)}`}`, {
      cause,
    })
  }
}

/** How a body begins, in quotes and without anything that a terminal would obey. */
function excerpt(body: Buffer): string {
  const text = JSON.stringify(body.toString('utf8', 0, excerptBytes)).replaceAll(/[\u007f-\u009f]/g, '\ufffd')
  return body.length > excerptBytes ? `${text} and ${body.length - excerptBytes} bytes more` : text
}

/** Counts brackets before anything is built, because a parsed depth bomb has cost its memory already. */
function isDeeperThan(json: Buffer, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) at = endOfString(json, at)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

/** Index of the quote that ends the string which begins at `start`, or the end of the text. */
function endOfString(json: Buffer, start: number): number {
  let end = start
  for (;;) {
    end = json.indexOf(quote, end + 1)
    if (end === -1) return json.length
    let escapes = 0
    while (json[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
}
