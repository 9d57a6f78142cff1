import { createHash, randomUUID } from 'node:crypto'
import type { BuildProgress } from '@moby/contracts'
import { timestampNow } from '../messages/timestamps.ts'
import type { VertexStatus } from '../messages/control-messages.ts'
import type { ProgressLog } from './progress-log.ts'

/** A step under way, as clients show it: a line with its time, and below it what it tells. */
export interface Step {
  /** Output of its command. */
  log(from: 'stdout' | 'stderr', text: string): void
  /** A part of it: `transferring context`, a layer that is pulled. Told again with its id it goes on. */
  status(part: {
    readonly id: string
    readonly current?: number
    readonly total?: number
    readonly done?: boolean
  }): void
  warn(text: string): void
  /** The step is over; `cached` when it was taken from an earlier build. */
  end(how?: { readonly cached?: boolean; readonly error?: string }): void
}

/** Begins a step in what a build tells. */
export function beginStep(progress: ProgressLog, name: string): Step {
  const digest = `sha256:${createHash('sha256').update(randomUUID()).digest('hex')}`
  const started = timestampNow()
  const parts = new Map<string, VertexStatus>()
  const vertex = { digest, inputs: [], name, cached: false, started, completed: undefined, error: '' }
  progress.tell({ vertexes: [vertex] })
  let isOver = false
  return {
    log(from, text) {
      if (text === '') return
      const stream = from === 'stdout' ? 1 : 2
      progress.tell({ logs: [{ vertex: digest, timestamp: timestampNow(), stream, data: Buffer.from(text) }] })
    },
    status({ id, current = 0, total = 0, done = false }) {
      const now = timestampNow()
      const status: VertexStatus = {
        id,
        vertex: digest,
        name: '',
        current,
        total,
        timestamp: now,
        started: parts.get(id)?.started ?? now,
        completed: done ? now : undefined,
      }
      parts.set(id, status)
      progress.tell({ statuses: [status] })
    },
    warn(text) {
      progress.tell({ warnings: [{ vertex: digest, level: 1, short: Buffer.from(text) }] })
    },
    end({ cached = false, error = '' } = {}) {
      if (isOver) return
      isOver = true
      const completed = timestampNow()
      const open = [...parts.values()].filter((part) => part.completed === undefined)
      if (open.length > 0)
        progress.tell({ statuses: open.map((part) => ({ ...part, timestamp: completed, completed })) })
      progress.tell({ vertexes: [{ ...vertex, cached, completed, error }] })
    },
  }
}

/** Does something as a step of its own. */
export async function asStep<T>(progress: ProgressLog, name: string, act: (step: Step) => Promise<T>): Promise<T> {
  const step = beginStep(progress, name)
  try {
    const result = await act(step)
    step.end()
    return result
  } catch (error) {
    step.end({ error: error instanceof Error ? error.message : String(error) })
    throw error
  }
}

/** Turns what the builder tells into steps. */
export class BuilderSteps {
  readonly #progress: ProgressLog
  #step: Step | undefined
  #line = 0

  constructor(progress: ProgressLog) {
    this.#progress = progress
  }

  /** Line in the Dockerfile of the step under way; 0 when there is none. */
  get line(): number {
    return this.#line
  }

  take({ step, cached, output, warning, status, id, current, total }: BuildProgress): void {
    if (step !== undefined) this.#begin(step)
    if (cached === true) this.#end({ cached: true })
    if (output !== undefined) this.#step?.log(output.from, output.text)
    if (warning !== undefined) this.#warn(warning)
    if (status !== undefined && id !== undefined) {
      this.#step?.status({
        id,
        ...(current === undefined ? {} : { current }),
        ...(total === undefined ? {} : { total }),
        done: /complete|exists/i.test(status),
      })
    }
  }

  end(error?: string): void {
    this.#end(error === undefined ? {} : { error })
  }

  #begin({ stage, stages, number, count, text, line }: NonNullable<BuildProgress['step']>): void {
    this.#end({})
    this.#line = line
    const place = number === 0 ? '[internal] ' : `[${stages > 1 ? `${stage} ` : ''}${number}/${count}] `
    this.#step = beginStep(this.#progress, `${place}${oneLine(text)}`)
  }

  #end(how: Parameters<Step['end']>[0]): void {
    this.#step?.end(how)
    this.#step = undefined
  }

  #warn(text: string): void {
    const step = this.#step ?? beginStep(this.#progress, '[internal] finish the build')
    step.warn(text)
    if (this.#step === undefined) step.end()
  }
}

/** Names of steps are shown in one line. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ').trim()
  return line.length > 500 ? `${line.slice(0, 499)}…` : line
}
