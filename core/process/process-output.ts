import { codedError, isCodedError, type CodedError, type Logger } from '@moby/contracts'
import { fromEnvelope } from '@moby/contracts/wire'
import { LineBudget, lineLimits, OutputLines } from './output-lines.ts'
import type { ProcessEnd } from './spawn-messages.ts'

/** Lines that are kept for the error of a process that ends. */
const keptLines = 20

/** What the process of a component writes: lines of the log, and of the last ones the reason of its end. */
export class ProcessOutput {
  readonly stdout: OutputLines
  readonly stderr: OutputLines
  readonly #title: string
  readonly #lines: string[] = []
  #told: CodedError | undefined

  /** `title`: `volumes (moby/volume-local 0.1.0)`, for messages. */
  constructor(title: string, log: Logger) {
    this.#title = title
    const shared = {
      log,
      budget: new LineBudget(lineLimits),
      limits: lineLimits,
      onLine: (line: string, record: Readonly<Record<string, unknown>> | undefined) => this.#keep(line, record),
    }
    this.stdout = new OutputLines({ ...shared, level: 'info' })
    this.stderr = new OutputLines({ ...shared, level: 'warn' })
  }

  /** The error of a process that ended: what it said itself goes before how it ended. */
  describe({ code, signal }: ProcessEnd): CodedError {
    if (isCodedError(this.#told) && code === 1) return this.#told
    const how = signal === null ? `with exit status ${code}` : `by ${signal}`
    const last = this.#lines.at(-1)
    return codedError('PROCESS_EXITED', `its process ended ${how}${last === undefined ? '' : `: ${last}`}`, {
      hint: 'the log of the engine has what it wrote',
      details: { code, signal, lines: [...this.#lines] },
    })
  }

  #keep(line: string, record: Readonly<Record<string, unknown>> | undefined): void {
    const error = record?.['error']
    if (typeof error === 'object' && error !== null) {
      const told = fromEnvelope({ error }, this.#title)
      if (told.code !== 'WIRE_RESPONSE_INVALID') this.#told = told
    }
    this.#lines.push(typeof record?.['message'] === 'string' ? record['message'] : line)
    if (this.#lines.length > keptLines) this.#lines.shift()
  }
}
