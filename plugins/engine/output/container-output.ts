import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, LogPosition, OutputChunk, Stdio } from '@moby/contracts'
import { makeFifo } from '@moby/lib-linux'
import type { Clock } from '../clock/clock.ts'
import { InputPipe } from './input-pipe.ts'
import { Keeper } from './keeper.ts'
import { LiveAttachment } from './live-attachment.ts'
import { LogPump, type LogTarget } from './log-pump.ts'
import { OutputSource } from './output-source.ts'
import { Spool } from './spool.ts'

/** Milliseconds that writers which outlived the process may hold its streams open. */
const streamsDeadline = 2000
/** Milliseconds that a log may take for what is left, as long as its driver gets on. */
const logDeadline = 3000
/** Milliseconds without an answer after which nobody who is in a hurry waits for a log driver any more. */
const logPatience = 500
/** Milliseconds for which an attachment that does not read may make the process wait. */
const defaultStall = 300_000

type Stream = OutputChunk['stream']

export interface ContainerOutputOptions {
  /** For this output alone, made when missing; it must survive as long as the container does. */
  readonly folder: string
  readonly terminal: boolean
  readonly openStdin: boolean
  /** The end of an attachment's input is the end of the standard input. */
  readonly stdinOnce: boolean
  /** Absent: output goes to attachments alone, and is dropped while there are none. */
  readonly log?: LogTarget | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** Milliseconds for which an attachment that does not read may make the process wait. */
  readonly stallMs?: number | undefined
}

/**
 * Everything between the FIFOs of a process and those who want its output: FIFO → spool → log and
 * attachments. Opened again for the same folder, also after the death of the engine at any moment,
 * it goes on where it was: no byte is lost and no line logged twice. While nobody reads, the process
 * waits as soon as its pipe of 1 MiB is full.
 */
export class ContainerOutput {
  /** For the runtime. The FIFOs are open until `close`. */
  readonly stdio: Stdio
  /** File that holds the log, empty when there is none. */
  readonly logPath: string
  readonly #options: ContainerOutputOptions
  readonly #sources: ReadonlyMap<Stream, OutputSource>
  readonly #input: InputPipe | undefined
  readonly #keeper: Keeper | undefined
  readonly #pump: LogPump | undefined
  #closed = false
  #removed = false

  private constructor(
    options: ContainerOutputOptions,
    parts: {
      stdio: Stdio
      logPath: string
      sources: ReadonlyMap<Stream, OutputSource>
      input: InputPipe | undefined
      keeper: Keeper | undefined
      pump: LogPump | undefined
    },
  ) {
    this.#options = options
    this.stdio = parts.stdio
    this.logPath = parts.logPath
    this.#sources = parts.sources
    this.#input = parts.input
    this.#keeper = parts.keeper
    this.#pump = parts.pump
  }

  /** Errors: those of the log driver's `open`, HOST_SYSTEM_CALL. A failed one leaves nothing open. */
  static async open(options: ContainerOutputOptions): Promise<ContainerOutput> {
    const { folder, terminal, log } = options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const opened = log === undefined ? undefined : await log.driver.open({ log: log.logId, info: log.info })
    const stdio: Stdio = {
      terminal,
      stdout: join(folder, 'stdout'),
      ...(terminal ? {} : { stderr: join(folder, 'stderr') }),
      ...(options.openStdin ? { stdin: join(folder, 'stdin') } : {}),
    }
    const sources = new Map<Stream, OutputSource>()
    try {
      const parts = openParts(options, stdio, sources, opened?.position ?? { stdout: '0', stderr: '0' })
      return new ContainerOutput(options, { ...parts, stdio, logPath: opened?.path ?? '' })
    } catch (error) {
      for (const source of sources.values()) source.close()
      await log?.driver.close({ log: log.logId })
      throw error
    }
  }

  /** From now on nothing that the process writes is missed. A terminal has no stderr. */
  attach(wanted: { stdin: boolean; stdout: boolean; stderr: boolean }): LiveAttachment {
    const { stdinOnce, terminal } = this.#options
    return new LiveAttachment({
      sources: [...this.#sources.values()],
      wanted: new Map([...this.#sources].filter(([stream]) => wanted[stream])),
      input: wanted.stdin ? this.#input : undefined,
      endsInput: stdinOnce && !terminal,
    })
  }

  /**
   * To be called when the process has ended. Returns when all it wrote has reached the log and is there
   * for attachments, which read on at their own pace; after a deadline in any case, however stuck a left-over writer
   * is. Who is `hurried` does not wait for a log driver that hangs. False when the log does not have all of it by then: the next `open` goes on.
   */
  async drain({ hurried = false }: { readonly hurried?: boolean } = {}): Promise<boolean> {
    const sources = [...this.#sources.values()]
    for (const source of sources) source.finish()
    await within(streamsDeadline, Promise.all(sources.map((source) => source.finished)))
    for (const source of sources) source.stop()
    this.#keeper?.end()
    removeFiles(this.#options.folder, (file) => ['stdin', 'stdin.ended', 'stdout', 'stderr'].includes(file))
    if (this.#pump === undefined) return true
    // A slow disk is no driver that hangs: whoever only waits for the end finds the log whole.
    const patienceMs = hurried ? logPatience : logDeadline
    return await this.#pump.settle({ patienceMs, deadlineMs: logDeadline })
  }

  /** Lets go of everything. A process that still runs keeps its FIFOs, and the next `open` goes on. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const source of this.#sources.values()) source.close()
    this.#input?.close()
    const patience = Math.max(0, logPatience - (this.#pump?.stalledMs ?? 0))
    this.#pump?.abandon()
    const { log } = this.#options
    if (log === undefined) return
    await within(
      patience,
      log.driver.close({ log: log.logId }).catch((error: unknown) => {
        this.#options.logger.warn('A log could not be closed.', { log: log.logId, error: String(error) })
      }),
    )
  }

  /** Closes, and removes every file; the log itself is the driver's. */
  async remove(): Promise<void> {
    await this.close()
    if (this.#removed) return
    this.#removed = true
    this.#keeper?.end()
    for (const source of this.#sources.values()) source.removeSpool()
    removeFiles(this.#options.folder, (file) => /^(stdin(\.ended)?|(stdout|stderr)(\.\d+)?)$/.test(file))
    try {
      rmdirSync(this.#options.folder)
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
}

/** Opens or makes everything below `stdio`; `sources` has those that were opened, also on failure. */
function openParts(
  options: ContainerOutputOptions,
  stdio: Stdio,
  sources: Map<Stream, OutputSource>,
  position: LogPosition,
) {
  const { folder, log, clock, logger, stallMs = defaultStall } = options
  const outputs = (['stdout', 'stderr'] as const).flatMap((stream) => {
    const path = stdio[stream]
    return path === undefined ? [] : [{ stream, path }]
  })
  const fifos = outputs.map(({ path }) => path)
  const resumed = makeFifos(stdio.stdin === undefined ? fifos : [...fifos, stdio.stdin])
  for (const { stream, path } of outputs) {
    const trouble = (error: unknown) => {
      logger.warn('Output cannot be spooled; the process waits.', { folder, stream, error: String(error) })
    }
    const spool = Spool.open(folder, stream, Number(position[stream]))
    sources.set(stream, new OutputSource(path, spool, { stallMs, trouble }))
  }
  const failed = (error: Error) => {
    logger.warn('Output that is under way when the engine dies would be lost.', { folder, error: error.message })
  }
  const keeper = log === undefined ? undefined : new Keeper(folder, fifos, failed)
  if (resumed) keeper?.resume()
  else keeper?.start()
  const input = stdio.stdin === undefined ? undefined : new InputPipe(stdio.stdin)
  const pump = log === undefined ? undefined : new LogPump({ target: log, sources, position, clock, log: logger })
  for (const source of sources.values()) source.start()
  return { sources, input, keeper, pump }
}

/** True when one was there already. */
function makeFifos(paths: readonly string[]): boolean {
  const missing = paths.filter((path) => !existsSync(path))
  for (const path of missing) makeFifo(path, 0o600)
  return missing.length < paths.length
}

function removeFiles(folder: string, which: (file: string) => boolean): void {
  if (!existsSync(folder)) return
  for (const file of readdirSync(folder)) if (which(file)) rmSync(join(folder, file), { force: true })
}

/** False when the deadline came before. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds)))
  return await Promise.race([work.then(() => true), deadline]).finally(() => clearTimeout(timer))
}
