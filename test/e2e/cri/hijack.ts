import { request } from 'node:http'
import type { Socket } from 'node:net'

/** A connection that an engine turned into a stream. */
export interface Hijacked {
  readonly status: number
  readonly socket: Socket
  /** All that comes until the other end closes, without the headers of multiplexed streams. */
  output(): Promise<string>
}

/** Asks for a stream as Docker's client does, with `Upgrade: tcp`. Errors: what was answered instead of 101. */
export function hijack(socketPath: string, path: string, body: unknown = {}): Promise<Hijacked> {
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      method: 'POST',
      path,
      headers: {
        connection: 'Upgrade',
        upgrade: 'tcp',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    })
    call.on('upgrade', (response, socket, head) => {
      const chunks: Uint8Array[] = [head]
      const ended = new Promise<void>((end, fail) => void socket.once('close', end).once('error', fail))
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      const output = async () => {
        await ended
        return withoutHeaders(Buffer.concat(chunks))
      }
      resolve({ status: response.statusCode ?? 0, socket: socket as Socket, output })
    })
    call.on('response', (response) => {
      response.resume()
      reject(new Error(`${path} answered ${response.statusCode} where a stream was asked for`))
    })
    call.on('error', reject)
    call.end(text)
  })
}

/** Docker's stdcopy: eight bytes before each piece, of which the last four are its length. */
function withoutHeaders(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4)
    text += bytes.toString('utf8', at + 8, at + 8 + length)
    at += 8 + length
  }
  return text
}
