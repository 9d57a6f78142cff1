import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const betweenMs = 20

/** Pings an engine all the time, to tell whether it answers while it does something else. */
export class PingWatch {
  readonly #socket: string
  readonly #failures: string[] = []
  readonly #running: Promise<void>
  #longest = 0
  #isStopped = false

  constructor(socket: string) {
    this.#socket = socket
    this.#running = this.#run()
  }

  /** What went wrong, and the milliseconds of the longest answer. */
  async stop(): Promise<{ readonly failures: readonly string[]; readonly longest: number }> {
    this.#isStopped = true
    await this.#running
    return { failures: this.#failures, longest: this.#longest }
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const began = performance.now()
      try {
        const status = await this.#ping()
        if (status !== 200) this.#failures.push(`answered ${status}`)
      } catch (error) {
        this.#failures.push(String(error))
      }
      this.#longest = Math.max(this.#longest, performance.now() - began)
      await sleep(betweenMs)
    }
  }

  async #ping(): Promise<number> {
    return await new Promise((resolve, reject) => {
      const call = request({ socketPath: this.#socket, path: '/_ping' }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
      })
      call.on('error', reject).end()
    })
  }
}
