import type { Socket } from 'node:net'
import type { Headers } from './route.ts'

/** Status line and headers of an answer that is written without a response object. */
export function rawHead(status: string, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`
}

/** A whole answer on a bare socket, which ends with it. */
export function answerOn(
  socket: Socket,
  answer: { readonly status: string; readonly headers: Headers; readonly body: string },
): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const headers = { ...answer.headers, 'Content-Length': String(Buffer.byteLength(answer.body)), Connection: 'close' }
  socket.end(rawHead(answer.status, headers) + answer.body, () => socket.destroy())
}

/** An error on a bare socket. */
export function refuseOn(socket: Socket, status: number, message: string, headers: Headers): void {
  const body = `${JSON.stringify({ message })}\n`
  answerOn(socket, { status: `${status} Error`, headers: { ...headers, 'Content-Type': 'application/json' }, body })
}
