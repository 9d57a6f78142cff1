import { connect, type Socket } from 'node:net'
import { codedError } from '@moby/contracts'
import { peerCredentials } from '@moby/lib-linux'
import { LineReader, type ControlAnswer, type ControlRequest } from './control.ts'

const timeout = 3_000

type Method = { method: 'hello' | 'exit' } | { method: 'load' | 'unload'; file: string }

/** A connection to the running name server process. */
export class NameClient {
  readonly pid: number
  /** Settles when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: ControlAnswer | undefined) => void>()
  #last = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    // Node has no public way to a socket's descriptor.
    this.pid = peerCredentials((Reflect.get(socket, '_handle') as { fd: number }).fd).pid
    const reader = new LineReader()
    socket.setEncoding('utf8')
    socket.unref()
    socket.on('error', () => undefined)
    socket.on('data', (chunk: string) => {
      for (const line of reader.push(chunk)) {
        const answer = JSON.parse(line) as ControlAnswer
        this.#waiting.get(answer.id)?.(answer)
      }
    })
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        for (const settle of this.#waiting.values()) settle(undefined)
        resolve()
      })
    })
  }

  /** Undefined when nobody listens at the path. */
  static open(path: string): Promise<NameClient | undefined> {
    return new Promise((resolve) => {
      const socket = connect(path)
      socket.once('error', () => resolve(undefined))
      socket.once('connect', () => resolve(new NameClient(socket)))
    })
  }

  /** False once either side has ended the connection. */
  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** Fails with HOST_SYSTEM_CALL when the process refuses, is gone, or does not answer. */
  ask(method: Method): Promise<ControlAnswer> {
    const id = ++this.#last
    const request: ControlRequest = { id, ...method }
    return new Promise((resolve, reject) => {
      const settle = (answer: ControlAnswer | undefined, problem = 'it ended') => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        const failure = answer === undefined ? problem : answer.error
        if (answer !== undefined && failure === undefined) resolve(answer)
        else
          reject(
            codedError(
              'HOST_SYSTEM_CALL',
              `The name server of the networks did not ${method.method}: ${failure}`,
              answer?.errno === undefined ? {} : { details: { errno: answer.errno } },
            ),
          )
      }
      const timer = setTimeout(() => settle(undefined, 'no answer'), timeout)
      this.#waiting.set(id, settle)
      this.#socket.write(`${JSON.stringify(request)}\n`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Ends the process, by force when it does not listen, and waits until it is gone. */
  async end(): Promise<void> {
    try {
      await this.ask({ method: 'exit' })
    } catch {
      try {
        process.kill(this.pid, 'SIGKILL')
      } catch {
        // It has gone by itself.
      }
    }
    await this.ended
  }
}
