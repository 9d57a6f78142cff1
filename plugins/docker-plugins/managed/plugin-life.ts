import { setTimeout as sleep } from 'node:timers/promises'
import { constants } from 'node:os'
import { hasCode, type componentLauncher, type Implementation, type Logger, type RequestOf } from '@moby/contracts'

type Launch = RequestOf<typeof componentLauncher, 'launch'>

export interface LifeParts {
  readonly plugin: string
  readonly launcher: Implementation<typeof componentLauncher>
  /** Makes what a start needs, and tells what is to be started; called before each start. */
  readonly prepare: () => Promise<Launch>
  /** Called after each start. */
  readonly onStart: () => void
  readonly log: Logger
}

const firstPauseMs = 200
const longestPauseMs = 30_000
/** After so long a life the pause is the shortest again. */
const healthyMs = 60_000
/** Milliseconds from the request to end to the end by force. */
const graceMs = 10_000
/** Milliseconds in which what it wrote last is read after its end. */
const readOffMs = 250
const longestLine = 4_096

/**
 * The container of an enabled plugin. When it ends it is started again, after a pause that grows; nobody waits for
 * that but who calls the plugin.
 */
export class PluginLife {
  readonly #parts: LifeParts
  readonly #stopping = new AbortController()
  #id: string | undefined
  #pauseMs = firstPauseMs
  #startedAt = 0
  #watching: Promise<void> = Promise.resolve()
  #lastWords = ''

  constructor(parts: LifeParts) {
    this.#parts = parts
  }

  /** Starts it now, once. `ended` settles with what it wrote last when it has ended by itself. Fails as `launch` does. */
  async begin(): Promise<{ readonly ended: Promise<string> }> {
    const { ended } = await this.#launch()
    this.#watching = ended.then(() => this.#goOn())
    return { ended }
  }

  /** Starts it in the background, again and again until it can be started. */
  beginLater(): void {
    this.#watching = this.#goOn(0)
  }

  /** Ends it, and all that was made for it. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const id = this.#id
    if (id !== undefined) {
      const { launcher } = this.#parts
      await launcher.kill({ id, signal: constants.signals.SIGTERM }).catch(() => undefined)
      const exit = launcher.wait({ id }).catch(() => undefined)
      await Promise.race([exit, sleep(graceMs, undefined, { ref: false })])
      await this.#remove(id)
    }
    await this.#watching
  }

  async #goOn(firstMs = this.#nextPause()): Promise<void> {
    for (let pauseMs = firstMs; !this.#stopping.signal.aborted; pauseMs = this.#nextPause()) {
      try {
        await sleep(pauseMs, undefined, { signal: this.#stopping.signal })
        await (
          await this.#launch()
        ).ended
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        this.#parts.log.error('A plugin could not be started.', { plugin: this.#parts.plugin, error: String(error) })
      }
    }
  }

  #nextPause(): number {
    if (performance.now() - this.#startedAt > healthyMs) this.#pauseMs = firstPauseMs
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    return pauseMs
  }

  /** `ended` settles when the container is gone again. */
  async #launch(): Promise<{ readonly ended: Promise<string> }> {
    const { launcher, prepare, onStart } = this.#parts
    const { id } = await launcher.launch(await prepare())
    this.#id = id
    this.#startedAt = performance.now()
    if (this.#stopping.signal.aborted) await this.#remove(id)
    else onStart()
    return { ended: this.#watch(id, this.#read(id)) }
  }

  async #watch(id: string, reading: Promise<void>): Promise<string> {
    const { launcher, plugin, log } = this.#parts
    const exit = await launcher.wait({ id }).catch(() => undefined)
    await Promise.race([reading, sleep(readOffMs, undefined, { ref: false })])
    const lastWords = this.#lastWords
    if (!this.#stopping.signal.aborted) {
      log.warn('A plugin has ended.', { plugin, exitCode: exit?.exitCode, lastWords })
      await this.#remove(id)
    }
    return `it ended with exit status ${exit?.exitCode ?? 'unknown'}${lastWords === '' ? '' : `: ${lastWords}`}`
  }

  async #remove(id: string): Promise<void> {
    const { launcher, plugin, log } = this.#parts
    this.#id = undefined
    await launcher.remove({ id }).catch((error: unknown) => {
      log.error('The container of a plugin could not be removed.', { plugin, id, error: String(error) })
    })
  }

  /** What it writes is told in the log of the component. */
  async #read(id: string): Promise<void> {
    const { launcher, plugin, log } = this.#parts
    const rest = { stdout: '', stderr: '' }
    const tell = (output: 'stdout' | 'stderr', line: string) => {
      if (line.trim() === '') return
      this.#lastWords = line
      log[output === 'stdout' ? 'info' : 'warn'](line, { plugin })
    }
    try {
      for await (const { output, data } of launcher.logs({ id })) {
        const lines = (rest[output] + Buffer.from(data).toString()).split('\n')
        rest[output] = (lines.pop() ?? '').slice(0, longestLine)
        for (const line of lines) tell(output, line.slice(0, longestLine))
      }
      for (const output of ['stdout', 'stderr'] as const) tell(output, rest[output])
    } catch (error) {
      if (!hasCode(error, 'LAUNCH_UNKNOWN'))
        log.warn('What a plugin writes cannot be read.', { plugin, error: String(error) })
    }
  }
}
