import { type Logger } from '@moby/contracts'

export interface LineLimits {
  /** Bytes of a line; what is longer is cut. */
  readonly lineBytes: number
  /** Lines a second that reach the log in the long run, and how many may come at once. */
  readonly perSecond: number
  readonly burst: number
}

export const lineLimits: LineLimits = { lineBytes: 16 * 1024, perSecond: 200, burst: 2_000 }

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

/** Fields of the records of an engine's log; a component cannot set them. */
const reserved = new Set(['component', 'time', 'msg', 'level', 'pid', 'hostname'])

/** Counts lines against a rate, over both outputs of a process. */
export class LineBudget {
  readonly #limits: LineLimits
  readonly #now: () => number
  #tokens: number
  #at: number
  leftOut = 0

  constructor(limits: LineLimits, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
    this.#tokens = limits.burst
    this.#at = now()
  }

  /** True when a line may pass; one that may not is counted. */
  take(): boolean {
    const now = this.#now()
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + ((now - this.#at) / 1_000) * this.#limits.perSecond)
    this.#at = now
    if (this.#tokens < 1) {
      this.leftOut += 1
      return false
    }
    this.#tokens -= 1
    return true
  }
}

export interface OutputLinesParts {
  readonly log: Logger
  /** Of lines that name no level. */
  readonly level: Level
  readonly budget: LineBudget
  readonly limits: LineLimits
  /** Given every line, also those that the log does not take. */
  readonly onLine: (line: string, record: Readonly<Record<string, unknown>> | undefined) => void
}

/** Turns one output of a process into records of the log: bounded, whatever the process writes and however fast. */
export class OutputLines {
  readonly #parts: OutputLinesParts
  #pieces: Buffer[] = []
  #length = 0
  #cut = false

  constructor(parts: OutputLinesParts) {
    this.#parts = parts
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#add(chunk.subarray(from, at))
      this.#finish()
      from = at + 1
    }
    this.#add(chunk.subarray(from))
  }

  /** What is left without a line feed counts as a line. */
  end(): void {
    if (this.#length > 0) this.#finish()
    this.#tellLeftOut()
  }

  #add(piece: Buffer): void {
    const room = this.#parts.limits.lineBytes - this.#length
    if (piece.length > room) this.#cut = true
    const kept = piece.subarray(0, Math.max(0, room))
    if (kept.length === 0) return
    this.#pieces.push(kept)
    this.#length += kept.length
  }

  #finish(): void {
    const line = Buffer.concat(this.#pieces).toString('utf8').trimEnd()
    const cut = this.#cut
    this.#pieces = []
    this.#length = 0
    this.#cut = false
    if (line === '') return
    const record = cut ? undefined : parseRecord(line)
    this.#parts.onLine(line, record)
    if (!this.#parts.budget.take()) return
    this.#tellLeftOut()
    const { log, level } = this.#parts
    if (record === undefined) log[level](line, cut ? { cut } : {})
    else log[record.level](record.message, fieldsOf(record))
  }

  #tellLeftOut(): void {
    const { budget, log } = this.#parts
    if (budget.leftOut === 0) return
    log.warn('it writes faster than the log takes; lines were left out', { lines: budget.leftOut })
    budget.leftOut = 0
  }
}

interface LineRecord extends Readonly<Record<string, unknown>> {
  readonly level: Level
  readonly message: string
}

function parseRecord(line: string): LineRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value = JSON.parse(line) as Record<string, unknown>
    const known = levels.some((level) => level === value['level']) && typeof value['message'] === 'string'
    return known ? (value as unknown as LineRecord) : undefined
  } catch {
    return undefined
  }
}

function fieldsOf(record: LineRecord): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]): [string, unknown][] => {
      if (key === 'level' || key === 'message') return []
      return [[reserved.has(key) ? `${key}_` : key, value]]
    }),
  )
}
