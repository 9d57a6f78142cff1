import { connect, type Socket } from 'node:net'
import { until } from '../until.ts'

/** One connection to an engine, as bytes: for what clients of HTTP hide. */
export class Wire {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #ended = false

  constructor(path: string) {
    this.#socket = connect({ path, allowHalfOpen: true })
    this.#socket.on('data', (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])))
    this.#socket.on('end', () => (this.#ended = true))
    this.#socket.on('error', () => (this.#ended = true))
  }

  /** Sends a request; with `upgrade` it asks for that protocol. */
  send(method: string, path: string, { body, upgrade }: { body?: unknown; upgrade?: string } = {}): void {
    const payload = body === undefined ? '' : JSON.stringify(body)
    const lines = [
      `${method} ${path} HTTP/1.1`,
      'Host: docker',
      ...(upgrade === undefined ? [] : ['Connection: Upgrade', `Upgrade: ${upgrade}`]),
      ...(body === undefined ? [] : ['Content-Type: application/json']),
      `Content-Length: ${Buffer.byteLength(payload)}`,
    ]
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${payload}`)
  }

  write(text: string): void {
    this.#socket.write(text)
  }

  /** Ends this side alone: what the engine still says is read. */
  endInput(): void {
    this.#socket.end()
  }

  /** Status line and headers, once they are there. */
  async head(): Promise<string> {
    await until(() => Promise.resolve(this.#ended || this.#received.includes('\r\n\r\n')))
    return this.#received.subarray(0, this.#received.indexOf('\r\n\r\n')).toString()
  }

  /** What came after the headers so far. */
  get body(): Buffer {
    const end = this.#received.indexOf('\r\n\r\n')
    return end === -1 ? Buffer.alloc(0) : this.#received.subarray(end + 4)
  }

  /** What came after the headers, once it contains the text. */
  async bodyWith(text: string): Promise<Buffer> {
    await until(() => Promise.resolve(this.#ended || this.body.includes(text)))
    return this.body
  }

  /** All that came after the headers, once the engine has closed its side. */
  async rest(): Promise<Buffer> {
    await until(() => Promise.resolve(this.#ended))
    return this.body
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
