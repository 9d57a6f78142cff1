import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  codedError,
  hasCode,
  type CodedError,
  type componentLauncher,
  type Implementation,
  type Logger,
} from '@moby/contracts'
import type { ProcessOutput } from './process-output.ts'
import type { StartedProcess } from './started-process.ts'

export interface ContainedParts {
  /** Of the container. */
  readonly id: string
  readonly launcher: Implementation<typeof componentLauncher>
  readonly log: Logger
  readonly output: ProcessOutput
}

/** Milliseconds in which what a container wrote last is read after its end. */
const readOffMs = 250

/** The process of a component in a container of its own. When it ends the container is removed. */
export class ContainedProcess implements StartedProcess {
  readonly ended: Promise<CodedError>
  readonly #parts: ContainedParts
  #hasEnded = false

  constructor(parts: ContainedParts) {
    this.#parts = parts
    this.ended = this.#watch(this.#read())
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  signal(name: NodeJS.Signals): void {
    if (this.#hasEnded) return
    const { launcher, id, log } = this.#parts
    launcher.kill({ id, signal: constants.signals[name] }).catch((error: unknown) => {
      if (!this.#hasEnded) log.warn('its container did not take a signal', { signal: name, reason: String(error) })
    })
  }

  async kill(): Promise<void> {
    if (!this.#hasEnded) await this.#remove()
    await this.ended
  }

  async #read(): Promise<void> {
    const { launcher, id, output, log } = this.#parts
    try {
      for await (const { output: name, data, lost } of launcher.logs({ id })) {
        if (lost !== undefined) log.warn('a part of its output is missing', { bytes: lost })
        output[name].push(Buffer.from(data))
      }
    } catch (error) {
      if (!isGone(error)) log.warn('its output cannot be read', { reason: String(error) })
    }
  }

  async #watch(reading: Promise<void>): Promise<CodedError> {
    const { launcher, id, output } = this.#parts
    const exit = await launcher.wait({ id }).catch((error: unknown) => error)
    this.#hasEnded = true
    await Promise.race([reading, sleep(readOffMs, undefined, { ref: false })])
    for (const lines of [output.stdout, output.stderr]) lines.end()
    if (isExit(exit)) {
      await this.#remove()
      return output.describe({ code: exit.exitCode, signal: null })
    }
    // Without its launcher it ends, too.
    return isGone(exit)
      ? codedError('PROCESS_EXITED', 'its container was removed', { cause: exit })
      : codedError('PROCESS_EXITED', 'its launcher is gone, which ends its container', { cause: exit })
  }

  async #remove(): Promise<void> {
    const { launcher, id, log } = this.#parts
    await launcher.remove({ id }).catch((error: unknown) => {
      log.error('its container could not be removed', { id, reason: String(error) })
    })
  }
}

function isExit(value: unknown): value is { readonly exitCode: number } {
  return typeof value === 'object' && value !== null && 'exitCode' in value
}

function isGone(error: unknown): boolean {
  return hasCode(error, 'LAUNCH_UNKNOWN')
}
