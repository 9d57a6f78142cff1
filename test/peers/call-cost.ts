import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { dockerdFolder } from './dockerd.ts'

const program = join(dockerdFolder, 'opt/moby-call-cost/call-cost')

/** A server in Go that waits for small calls, and a client of the same kind that measures them. */
export class CallCostPeer {
  readonly #kind: 'grpc' | 'plugin'
  readonly #socket: string
  readonly #child: ReturnType<typeof spawn>

  private constructor(kind: 'grpc' | 'plugin', socket: string) {
    this.#kind = kind
    this.#socket = socket
    this.#child = spawn(program, ['serve', kind, socket], { stdio: ['ignore', 'ignore', 'inherit'] })
  }

  /** True when `make-call-cost` has built it. */
  static get present(): boolean {
    return existsSync(program)
  }

  static async start(kind: 'grpc' | 'plugin', folder: string): Promise<CallCostPeer> {
    const socket = join(folder, `${kind}.sock`)
    const peer = new CallCostPeer(kind, socket)
    for (let left = 500; !existsSync(socket); left--) {
      if (left === 0) throw new Error(`call-cost does not listen at ${socket}`)
      await sleep(10)
    }
    return peer
  }

  /** Microseconds of a call. */
  async measure(count: number): Promise<number> {
    const { stdout } = await execa(program, ['call', this.#kind, this.#socket, String(count)])
    return Number(stdout)
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}
