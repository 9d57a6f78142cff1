import { codedError, type EngineEvent, type ItemOf, type RequestOf, type engineSystem } from '@moby/contracts'
import { Clock } from '../clock/clock.ts'
import { normalizeTimestamp } from '../clock/normalize-timestamp.ts'
import { matchesFilter, type EventFilter } from './event-filter.ts'
import { EventQueue } from './event-queue.ts'

type EventsRequest = RequestOf<typeof engineSystem, 'events'>
type EventsItem = ItemOf<typeof engineSystem, 'events'>

interface Listener {
  readonly filter: EventFilter | undefined
  readonly queue: EventQueue<EngineEvent>
}

/** The longest delay that a timer of Node takes. */
const longestTimer = 2 ** 31 - 1

/**
 * Tells what happens in the engine to whoever listens. The newest events are kept in memory, so that
 * a listener can begin in the past; they do not survive the engine.
 */
export class EventBus {
  readonly #clock: Clock
  readonly #kept: number
  readonly #queued: number
  readonly #past: EngineEvent[] = []
  readonly #listeners = new Set<Listener>()
  #published = 0

  constructor(options: { clock?: Clock; kept?: number; queued?: number } = {}) {
    this.#clock = options.clock ?? new Clock()
    this.#kept = options.kept ?? 1024
    this.#queued = options.queued ?? 1024
  }

  /** How many streams are open, for `docker info`. */
  get listeners(): number {
    return this.#listeners.size
  }

  /** How many events there were since the engine started. */
  get published(): number {
    return this.#published
  }

  /** Types, actions and attribute names are Docker's: `container`, `die`, `{exitCode: '0', …}`. */
  publish(
    type: EngineEvent['type'],
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>> = {},
  ): void {
    const event: EngineEvent = { type, action, id, attributes: { ...attributes }, time: this.#clock.now() }
    this.#published += 1
    this.#past.push(event)
    if (this.#past.length > this.#kept) this.#past.shift()
    for (const { filter, queue } of this.#listeners) {
      if (filter === undefined || matchesFilter(event, filter)) queue.push(event)
    }
  }

  /**
   * The `events` method of engine.system. Errors: FILTER_INVALID for times that cannot be read or lie
   * the wrong way round, CANCELLED once the signal is aborted.
   */
  async *stream(request: EventsRequest, signal?: AbortSignal): AsyncIterable<EventsItem> {
    const since = readTime('since', request.since)
    const until = readTime('until', request.until)
    if (since !== undefined && until !== undefined && until < since) {
      throw codedError(
        'FILTER_INVALID',
        `\`since\` time (${request.since}) cannot be after \`until\` time (${request.until})`,
      )
    }
    const listener: Listener = { filter: request.filter, queue: new EventQueue<EngineEvent>(this.#queued) }
    const past = this.#between(since, until, request.filter)
    const remaining = until === undefined ? undefined : Date.parse(until) - Date.now()
    const cancel = () => listener.queue.end()
    let timer: NodeJS.Timeout | undefined
    if (remaining === undefined || remaining > 0) this.#listeners.add(listener)
    else listener.queue.end()
    if (remaining !== undefined && remaining > 0 && remaining < longestTimer) timer = setTimeout(cancel, remaining)
    signal?.addEventListener('abort', cancel)
    try {
      yield { listening: true }
      for (const event of past) yield { event }
      for (;;) {
        const taken = signal?.aborted === true ? undefined : await listener.queue.take()
        if (taken === undefined) break
        if (taken.dropped > 0) yield { dropped: taken.dropped }
        for (const event of taken.items) yield { event }
      }
      if (signal !== undefined) failIfCancelled(signal)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      this.#listeners.delete(listener)
    }
  }

  /** Ends every stream after what waits for it. */
  close(): void {
    for (const { queue } of this.#listeners) queue.end()
  }

  #between(since: string | undefined, until: string | undefined, filter: EventFilter | undefined): EngineEvent[] {
    if (since === undefined && until === undefined) return []
    return this.#past.filter(
      (event) =>
        (since === undefined || event.time >= since) &&
        (until === undefined || event.time <= until) &&
        (filter === undefined || matchesFilter(event, filter)),
    )
  }
}

function failIfCancelled({ aborted }: AbortSignal): void {
  if (aborted) throw codedError('CANCELLED', 'The caller stopped listening to events.')
}

function readTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = normalizeTimestamp(text)
  if (time !== undefined) return time
  throw codedError('FILTER_INVALID', `The time "${text}" of \`${name}\` cannot be read.`, {
    hint: 'Give an RFC 3339 time such as 2026-01-31T12:00:00Z.',
  })
}
