import { createNetworkNamespace, deleteNetworkNamespace } from '@moby/lib-linux'
import type { Logger } from '@moby/contracts'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Sandbox {
  /** 64 hexadecimal digits. */
  readonly id: string
  /** Path that holds the namespace. */
  readonly key: string
}

/**
 * Network namespaces, a few of them made in advance: making one costs more than all that a start does with it.
 * Each has a random name, because a mount point cannot be renamed when a container takes it.
 */
export class SandboxPool {
  readonly #folder: string
  readonly #log: Logger
  readonly #ready: Sandbox[] = []
  readonly #size: number
  /** Handed out by this engine: nobody else's leftovers, whether a record names them yet or not. */
  readonly #taken = new Set<string>()
  #closed = false
  #refilling = false

  constructor(options: { folder: string; log: Logger; size?: number }) {
    this.#folder = options.folder
    this.#log = options.log
    this.#size = options.size ?? 4
    mkdirSync(this.#folder, { recursive: true, mode: 0o711 })
  }

  keyOf(id: string): string {
    return join(this.#folder, id.slice(0, 12))
  }

  /** Hands out a namespace with its loopback up. */
  take(): Sandbox {
    const sandbox = this.#ready.pop() ?? this.#make()
    this.#taken.add(sandbox.id)
    this.#refillSoon()
    return sandbox
  }

  /** Deletes a namespace; an unknown one is success. */
  release(id: string): void {
    this.#taken.delete(id)
    deleteNetworkNamespace(this.keyOf(id))
  }

  /** Deletes every namespace in the folder that is not among the used ones: leftovers of an engine that died. */
  sweep(used: ReadonlySet<string>): void {
    const ready = this.#ready.map(({ id }) => id)
    const kept = new Set([...used, ...this.#taken, ...ready].map((id) => this.keyOf(id)))
    for (const name of readdirSync(this.#folder)) {
      const key = join(this.#folder, name)
      if (!kept.has(key)) deleteNetworkNamespace(key)
    }
  }

  /** Makes the first ones, so that the first start does not wait for them. */
  warm(): void {
    this.#refillSoon()
  }

  /** Deletes what nobody took. */
  close(): void {
    this.#closed = true
    for (const sandbox of this.#ready.splice(0)) deleteNetworkNamespace(sandbox.key)
  }

  #make(): Sandbox {
    const id = randomBytes(32).toString('hex')
    const key = this.keyOf(id)
    createNetworkNamespace(key)
    return { id, key }
  }

  /** One at a time between other work, so that the event loop is never held for long. */
  #refillSoon(): void {
    if (this.#refilling || this.#closed || this.#ready.length >= this.#size) return
    this.#refilling = true
    setTimeout(() => {
      this.#refilling = false
      if (this.#closed) return
      try {
        this.#ready.push(this.#make())
        this.#refillSoon()
      } catch (error) {
        this.#log.warn('no network namespace could be made in advance', { error: String(error) })
      }
    }, 20).unref()
  }
}
