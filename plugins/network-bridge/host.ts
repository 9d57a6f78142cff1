import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import {
  errnoOf,
  NetfilterSocket,
  RouteSocket,
  watchNetfilter,
  withNetworkNamespace,
  type NetfilterRemoval,
} from '@moby/lib-linux'

/** What a process that ended by itself left behind. */
export interface ProcessResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * The network namespace that plays the host: the one of this process, or another, in which case nothing that
 * a driver does reaches the machine's own network.
 */
export class Host {
  readonly route: RouteSocket
  readonly netfilter: NetfilterSocket
  readonly #namespacePath: string | undefined

  constructor(namespacePath?: string) {
    this.#namespacePath = namespacePath
    this.route = RouteSocket.open(namespacePath)
    this.netfilter = NetfilterSocket.open(namespacePath)
  }

  /** Runs a synchronous function inside; processes that it starts and sockets that it opens stay there. */
  run<T>(fn: () => T): T {
    return this.#namespacePath === undefined ? fn() : withNetworkNamespace(this.#namespacePath, fn)
  }

  /** Runs a program to its end. Undefined when there is no such program. */
  async execute(command: string, words: readonly string[], input = ''): Promise<ProcessResult | undefined> {
    const child = this.run(() => spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] }))
    try {
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
      return { code: typeof code === 'number' ? code : 1, stdout, stderr }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** A kernel setting below /proc/sys/net, `ipv4/ip_forward`. Undefined when the kernel has none of that name. */
  setting(name: string): string | undefined {
    try {
      return this.run(() => readFileSync(`/proc/sys/net/${name}`, 'utf8').trim())
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Changes a setting unless it has that value; true when it was changed. */
  change(name: string, value: string): boolean {
    const current = this.setting(name)
    if (current === undefined || current === value) return false
    this.run(() => writeFileSync(`/proc/sys/net/${name}`, value))
    return true
  }

  /** Tells what others remove from nftables, until `close`. */
  watchNetfilter(told: (removal: NetfilterRemoval) => void): { close(): void } {
    return watchNetfilter(told, { namespacePath: this.#namespacePath, own: this.netfilter.port })
  }

  close(): void {
    this.route.close()
    this.netfilter.close()
  }
}
