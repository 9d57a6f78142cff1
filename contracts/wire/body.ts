import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { codedError } from '../errors/index.ts'

/** The whole body of a message. Fails with WIRE_TOO_LARGE as soon as it is over the limit. */
export async function readBody(message: IncomingMessage, limit: number, subject: string): Promise<Buffer> {
  const announced = Number(message.headers['content-length'] ?? 0)
  if (announced > limit) throw tooLarge(announced, limit, subject)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of chunksOf(message)) {
    length += chunk.length
    if (length > limit) throw tooLarge(length, limit, subject)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The chunks of a body. To stop early leaves the connection open, so that an answer can still be sent on it. */
export function chunksOf(message: IncomingMessage): AsyncIterable<Buffer> {
  return message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

/** Writes and waits until there is room for more. Returns false when the other side has gone. */
export async function writeWithRoom(stream: Writable, chunk: Uint8Array): Promise<boolean> {
  if (stream.destroyed || stream.writableEnded) return false
  if (stream.write(chunk)) return true
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle).off('error', settle)
      resolve(!stream.destroyed)
    }
    stream.on('drain', settle).on('close', settle).on('error', settle)
  })
}

function tooLarge(length: number, limit: number, subject: string): Error {
  return codedError('WIRE_TOO_LARGE', `${subject}: a body of at least ${length} bytes, where ${limit} are allowed`, {
    details: { length, limit },
  })
}
