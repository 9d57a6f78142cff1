import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineProcess } from '../e2e/engine-process.ts'

/** What became of a request: an answer, or nothing because the engine died first. */
export type Answer = { readonly status: number; readonly body: string } | undefined

export type Report = (problem: string) => void

const patienceMs = 60_000

/** Requests to an engine that may die at any moment. What is wrong whatever the request was is reported here. */
export class Calls {
  readonly #engine: EngineProcess
  readonly #report: Report

  constructor(engine: EngineProcess, report: Report) {
    this.#engine = engine
    this.#report = report
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const late = new AbortController()
    const content = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body)
    const answer = await Promise.race([
      this.#engine.request(method, path, content).catch(() => undefined),
      sleep(patienceMs, 'late' as const, { signal: late.signal, ref: false }).catch(() => undefined),
    ])
    late.abort()
    if (answer === 'late') {
      this.#report(`${method} ${path} had no answer within ${patienceMs / 1000} s`)
      return undefined
    }
    if (answer !== undefined && answer.status >= 500) {
      this.#report(`${method} ${path} answered ${answer.status}: ${answer.body.trim()}`)
    }
    return answer
  }

  /** The document that a GET answers; undefined when there is none. */
  async read<T>(path: string): Promise<T | undefined> {
    const answer = await this.send('GET', path)
    return answer?.status === 200 ? (JSON.parse(answer.body) as T) : undefined
  }

  report(problem: string): void {
    this.#report(problem)
  }
}

/** True for an answer that acknowledges. */
export function isDone(answer: Answer): boolean {
  return answer !== undefined && (answer.status < 300 || answer.status === 304)
}
