import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codedError, type Logger } from '@moby/contracts'
import { controlSocket, type ControlAnswer } from './control.ts'
import { NameClient } from './name-client.ts'
import { relayEnding } from './port-relays.ts'
import { codeVersion, nodeOptions } from './program.ts'
import { sandboxEnding } from './sandbox-state.ts'

const launcher = fileURLToPath(new URL('launcher.ts', import.meta.url))
const startTimeout = 10_000
const restartDelay = 1_000

/**
 * A process that outlives this one: it answers names and carries ports by the files of a folder. It is started with the
 * first file, taken over from an earlier engine, replaced when its code is another, and started again when it dies.
 */
export class NameProcess {
  readonly #folder: string
  readonly #log: Logger
  readonly #inHost: <T>(fn: () => T) => T
  readonly #restarted: () => void
  readonly #descriptor: number
  #client: Promise<NameClient> | undefined
  #restart: NodeJS.Timeout | undefined
  #closed = false

  /**
   * `inHost` runs a function in the network namespace that plays the host; `restarted` is called when the process has
   * died and another serves its files, maybe at other ports.
   */
  constructor(options: { folder: string; log: Logger; inHost?: <T>(fn: () => T) => T; restarted?: () => void }) {
    this.#folder = options.folder
    this.#log = options.log
    this.#inHost = options.inHost ?? ((fn) => fn())
    this.#restarted = options.restarted ?? (() => undefined)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.#descriptor = openSync(this.#folder, 'r')
  }

  /** All that the process has to serve. */
  files(): string[] {
    const endings = ['.json', relayEnding, sandboxEnding]
    return readdirSync(this.#folder).filter((name) => endings.some((ending) => name.endsWith(ending)))
  }

  /** Content of a file; undefined when there is none. */
  read(file: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.#folder, file), 'utf8'))
    } catch {
      return undefined
    }
  }

  /** Replaces a file without telling the process. */
  write(file: string, value: unknown): void {
    writeFileSync(join(this.#folder, `${file}.new`), JSON.stringify(value), { mode: 0o600 })
    renameSync(join(this.#folder, `${file}.new`), join(this.#folder, file))
  }

  /**
   * Replaces a file; when it answers, the process serves it. Fails with HOST_SYSTEM_CALL, details `{errno}` where the
   * system refused what the file asks for.
   */
  async put(file: string, value: unknown): Promise<ControlAnswer> {
    this.write(file, value)
    return await this.#load(file)
  }

  /** Removes a file and ends what the process does by it. With `endsLast` it ends itself where this was the last. */
  async drop(file: string, { endsLast = false } = {}): Promise<void> {
    if (!this.files().includes(file)) return
    rmSync(join(this.#folder, file), { force: true })
    if (this.#closed) return
    const last = endsLast && this.files().length === 0
    const client = await this.#running()
    if (client === undefined) return
    if (last) {
      this.#client = undefined
      await client.end()
      return
    }
    try {
      await client.ask({ method: 'unload', file })
    } catch {
      // One that does not listen would keep sockets, and the network namespace that they are in. The next one reads the
      // files that are left. One that ends meanwhile, because its last network went, has nothing of it either.
      if (client.isOpen) await client.end()
    }
    if (this.#client === undefined) client.close()
  }

  /** Sees to it that the process runs when an earlier engine left it files. */
  resume(): void {
    if (this.files().length > 0) this.expect()
  }

  /** Has the process run ahead of the first file, because it takes a moment to start; it ends when none comes. */
  expect(then: () => void = () => undefined): void {
    if (this.#closed) return
    this.#connected().then(then, (error: unknown) => this.#log.warn('names are not answered', { error: String(error) }))
  }

  /** Lets go of the process, or ends it and removes its folder. */
  async close(end: boolean): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    const client = await this.#running()
    if (end) await client?.end()
    client?.close()
    closeSync(this.#descriptor)
    if (end) rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A process that ends meanwhile, because its last network went, is followed by another. */
  async #load(file: string): Promise<ControlAnswer> {
    const client = await this.#connected()
    try {
      return await client.ask({ method: 'load', file })
    } catch (error) {
      if (client.isOpen || this.#closed) throw error
      if ((await this.#client?.catch(() => undefined)) === client) this.#client = undefined
      return await (await this.#connected()).ask({ method: 'load', file })
    }
  }

  /** The connection, if there is one or a process to connect to. */
  async #running(): Promise<NameClient | undefined> {
    return (await this.#client?.catch(() => undefined)) ?? NameClient.open(this.#socketPath())
  }

  async #connected(): Promise<NameClient> {
    if (this.#closed) throw codedError('HOST_SYSTEM_CALL', 'The name server of the networks is let go of')
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined
      throw error
    })
    return await this.#client
  }

  async #connect(): Promise<NameClient> {
    const version = codeVersion()
    const found = await NameClient.open(this.#socketPath())
    if (found !== undefined) {
      const answer = await found.ask({ method: 'hello' }).catch(() => undefined)
      if (answer?.version === version) return this.#watch(found)
      await found.end()
    }
    rmSync(join(this.#folder, controlSocket), { force: true })
    await this.#start(version)
    const client = await NameClient.open(this.#socketPath())
    if (client === undefined) throw codedError('HOST_SYSTEM_CALL', 'The name server of the networks ended at once')
    return this.#watch(client)
  }

  async #start(version: string): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'w', 0o600)
    const child = this.#inHost(() =>
      spawn(process.execPath, [...nodeOptions, launcher, this.#folder, version], {
        cwd: '/',
        detached: true,
        env: {},
        stdio: ['ignore', 'pipe', log],
      }),
    )
    closeSync(log)
    try {
      await Promise.race([readiness(child), failure(child)])
    } catch (error) {
      child.kill('SIGKILL')
      const written = readFileSync(join(this.#folder, 'log'), 'utf8').trim()
      throw codedError(
        'HOST_SYSTEM_CALL',
        `The name server of the networks did not start: ${String(error)} ${written}`,
        {
          cause: error,
        },
      )
    } finally {
      child.stdout?.destroy()
      child.unref()
    }
  }

  #watch(client: NameClient): NameClient {
    void this.#restartAfter(client)
    return client
  }

  async #restartAfter(client: NameClient): Promise<void> {
    await client.ended
    // Ended on purpose: it has been forgotten before, and another may have been started.
    if (this.#closed || (await this.#client?.catch(() => undefined)) !== client) return
    this.#client = undefined
    if (this.files().length === 0) return
    this.#log.warn('the name server ended and is started again')
    this.#restart = setTimeout(() => this.expect(this.#restarted), restartDelay)
    this.#restart.unref()
  }

  /** By way of the open folder, because the path of a Unix socket may have no more than 107 bytes. */
  #socketPath(): string {
    return `/proc/self/fd/${this.#descriptor}/${controlSocket}`
  }
}

/** Settles when the process has said that it serves. */
async function readiness(child: ChildProcess): Promise<void> {
  if (child.stdout !== null) await once(child.stdout, 'data', { signal: AbortSignal.timeout(startTimeout) })
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`it ended with status ${code}.`)
}
