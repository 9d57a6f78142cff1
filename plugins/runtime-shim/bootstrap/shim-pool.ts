import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { killProcesses, type ProgramFacts } from '@moby/lib-oci-runtime'
import { findShimProcesses } from '../host/shim-processes.ts'
import { within } from '../host/within.ts'
import { Shim, type ShimPlace } from './shim.ts'
import type { ShimVersion } from './shim-version.ts'
import { startShim } from './start-shim.ts'

export interface ShimPoolOptions {
  /** Absolute path of the shim. */
  readonly binary: string
  readonly namespace: string
  /** Path of the socket where shims report. */
  readonly events: string
  /** Where shims that can be told make their sockets. */
  readonly socketFolder: string
  /** Where pooled shims have their working folders. */
  readonly folder: string
  readonly versions: ProgramFacts<ShimVersion | undefined>
  /** Shims that wait for a container; 0 for one shim a container, as shims other than runc's need it. */
  readonly idle: number
}

/** Tells, in the working folder of a pooled shim, the path of its socket. */
const socketFile = 'socket'
/** After so many containers a shim is replaced. */
const maxUses = 100
/** A pool that was emptied is filled when nobody has needed a shim for so long. */
const refillMs = 500
/** A shim that has nothing left ends within this, or is killed. */
const endMs = 5000

/**
 * Gives shims to containers. Starting a shim takes about 8 ms and ending it 2, and runc's shim can serve one
 * container after another: a container gets one that waits, and the next gets it when it is gone.
 */
export class ShimPool {
  readonly #options: ShimPoolOptions
  readonly #idle: Shim[] = []
  #refill: NodeJS.Timeout | undefined
  #filling: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ShimPoolOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  }

  /** A shim for a container. Fails with RUNTIME_CREATE_FAILED. */
  async acquire(container: { readonly id: string; readonly bundle: string }): Promise<Shim> {
    if (this.#options.idle === 0) return this.#start(container.id, container.bundle)
    const shim = this.#idle.pop() ?? (await this.#startPooled())
    shim.uses += 1
    if (this.#idle.length === 0) this.#refillLater()
    return shim
  }

  /** Takes back a shim whose container is gone. */
  async release(shim: Shim): Promise<void> {
    if (this.#idle.length >= this.#options.idle || shim.uses >= maxUses || this.#closed) return this.end(shim)
    this.#keep(shim)
  }

  /** Ends a shim that has no container and removes what it had. One that does not end is killed. */
  async end({ place, client, service }: Shim): Promise<void> {
    // It may be gone before its answer is.
    await client.call(service.shutdown, { id: place.id }, { timeoutMs: endMs }).catch(() => undefined)
    await within(endMs, `The end of shim ${place.id}`, client.lost).catch(() => this.kill(place))
    client.close()
    this.#forget(place)
  }

  /** Kills a shim, or makes sure that it is gone. */
  async kill({ id }: Pick<ShimPlace, 'id'>): Promise<void> {
    await killProcesses(findShimProcesses(this.#options.namespace, id))
  }

  /** Removes what an earlier engine left of shims that waited, except for those of containers. */
  async sweep(used: ReadonlySet<string>): Promise<void> {
    for (const id of readdirSync(this.#options.folder)) {
      if (used.has(id)) continue
      const folder = join(this.#options.folder, id)
      await this.kill({ id })
      rmSync(readSocketPath(folder), { force: true })
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** Starts the shims that wait. */
  async fill(): Promise<void> {
    const filled = this.#fillAfter(this.#filling)
    this.#filling = filled.catch(() => undefined)
    return filled
  }

  async #fillAfter(before: Promise<void>): Promise<void> {
    await before
    while (this.#idle.length < this.#options.idle && !this.#closed) await this.release(await this.#startPooled())
  }

  /** Ends all shims that wait. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#refill)
    await this.#filling
    await Promise.all(this.#idle.splice(0).map((shim) => this.end(shim)))
  }

  #keep(shim: Shim): void {
    this.#idle.push(shim)
    void this.#dropWhenLost(shim)
  }

  async #dropWhenLost(shim: Shim): Promise<void> {
    await shim.client.lost
    const at = this.#idle.indexOf(shim)
    if (at === -1) return
    this.#idle.splice(at, 1)
    this.#forget(shim.place)
  }

  #refillLater(): void {
    clearTimeout(this.#refill)
    this.#refill = setTimeout(() => void this.fill().catch(() => undefined), refillMs)
    this.#refill.unref()
  }

  /** A shim of its own folder: the configuration there only says that it is of no group. */
  async #startPooled(): Promise<Shim> {
    const id = `shim-${randomBytes(6).toString('hex')}`
    const folder = join(this.#options.folder, id)
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(folder, 'config.json'), '{}')
    const shim = await this.#start(id, folder)
    // One that waits is in no task's record.
    writeFileSync(join(folder, socketFile), shim.place.address.path)
    return shim
  }

  async #start(id: string, folder: string): Promise<Shim> {
    const { binary, namespace, events, socketFolder, versions } = this.#options
    try {
      const call = { binary, namespace, id, bundle: folder, events }
      const address = await startShim(call, { version: await versions.of(binary), socketFolder })
      return await Shim.connect({ id, folder, address })
    } catch (error) {
      await this.kill({ id })
      this.#forget({ folder })
      throw error
    }
  }

  /** The socket goes with a shim that ends in peace; a bundle is not ours to remove. */
  #forget({ folder, address }: Pick<ShimPlace, 'folder'> & Partial<ShimPlace>): void {
    if (address !== undefined) rmSync(address.path, { force: true })
    if (folder.startsWith(`${this.#options.folder}/`)) rmSync(folder, { recursive: true, force: true })
  }
}

/** An engine that died at once has left no such file, and shims up to 1.7 one of their own. */
function readSocketPath(folder: string): string {
  for (const name of [socketFile, 'address']) {
    const file = join(folder, name)
    if (existsSync(file)) return readFileSync(file, 'utf8').replace(/^unix:\/\//, '')
  }
  return join(folder, socketFile)
}
