import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { codedError } from '@moby/contracts'
import { invalidRequest } from '../wire/api-error.ts'
import { jsonLimit } from '../wire/read-body.ts'

/**
 * The body of a request that asks for an upgrade. Node leaves it unparsed: its bytes come after the head, and the first
 * input of the client may follow in the same piece. That input is put back, so that it is read from the socket.
 */
export async function readUpgradeBody(message: IncomingMessage, socket: Socket, head: Buffer): Promise<Buffer> {
  const chunked = (message.headers['transfer-encoding'] ?? '').toLowerCase().includes('chunked')
  const length = Number(message.headers['content-length'] ?? 0)
  if (!chunked && length === 0) {
    if (head.length > 0) socket.unshift(head)
    return Buffer.alloc(0)
  }
  if (length > jsonLimit) throw tooLarge()
  const parse = chunked ? parseChunks : (bytes: Buffer) => parseLength(bytes, length)
  let received = head
  let result = parse(received)
  while (result === undefined) {
    if (received.length > 2 * jsonLimit) throw tooLarge()
    received = Buffer.concat([received, await nextPiece(socket)])
    result = parse(received)
  }
  if (result.body.length > jsonLimit) throw tooLarge()
  if (result.used < received.length) socket.unshift(received.subarray(result.used))
  return result.body
}

interface Parsed {
  readonly body: Buffer
  readonly used: number
}

function parseLength(bytes: Buffer, length: number): Parsed | undefined {
  return bytes.length < length ? undefined : { body: bytes.subarray(0, length), used: length }
}

/** RFC 9112, section 7.1, without trailers. */
function parseChunks(bytes: Buffer): Parsed | undefined {
  const pieces: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = /^([0-9a-f]{1,7})\s*(;.*)?$/i.exec(bytes.toString('latin1', at, lineEnd))?.[1]
    if (size === undefined) throw invalidRequest('the body of the request has a malformed chunk')
    const start = lineEnd + 2
    const end = start + Number.parseInt(size, 16)
    if (bytes.length < end + 2) return undefined
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') {
      throw invalidRequest('the body of the request has a malformed chunk')
    }
    pieces.push(bytes.subarray(start, end))
    at = end + 2
    if (end === start) return { body: Buffer.concat(pieces), used: at }
  }
}

async function nextPiece(socket: Socket): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const settle = () => {
      socket.off('readable', onReadable)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
    }
    const onReadable = () => {
      const piece = socket.read() as Buffer | null
      if (piece === null) return
      settle()
      resolve(piece)
    }
    const onEnd = () => {
      settle()
      reject(invalidRequest('the body of the request ends too early'))
    }
    socket.on('readable', onReadable)
    socket.once('end', onEnd)
    socket.once('close', onEnd)
    onReadable()
  })
}

function tooLarge() {
  return codedError('API_BODY_TOO_LARGE', `the body of the request is larger than ${jsonLimit} bytes`)
}
