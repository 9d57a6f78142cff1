// A thread of the engine that starts the processes of components and holds their pipes. It loads next to nothing.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { killGroup } from './kill-group.ts'
import type { OutputName, SpawnCommand, SpawnOrder, SpawnReport } from './spawn-messages.ts'

/** Milliseconds in which what a process wrote last is read after its end, however long others hold its output. */
const readOffMs = 250

/** Bytes of an output that the engine has not dealt with yet, beyond which no more is read. */
const aheadBytes = 256 * 1024

const outputs = ['stdout', 'stderr'] as const
const children = new Map<number, Child>()

function tell(report: SpawnReport): void {
  parentPort?.postMessage(report)
}

/** One process, from its start until its outputs are closed. */
class Child {
  readonly #id: number
  readonly #process: ChildProcess
  readonly #ahead: Record<OutputName, number> = { stdout: 0, stderr: 0 }
  #hasEnded = false

  constructor(id: number, child: ChildProcess, pid: number) {
    this.#id = id
    this.#process = child
    tell({ id, kind: 'started', pid })
    for (const output of outputs) {
      child[output]?.on('data', (chunk: Buffer) => this.#pass(output, chunk)).on('error', () => undefined)
    }
    child.stdin?.on('error', () => undefined)
    void this.#follow(pid)
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#process.kill(name)
  }

  kill(): void {
    const { pid } = this.#process
    if (!this.#hasEnded && pid !== undefined) killGroup(pid)
  }

  taken(output: OutputName, bytes: number): void {
    this.#ahead[output] -= bytes
    if (this.#ahead[output] < aheadBytes) this.#process[output]?.resume()
  }

  #pass(output: OutputName, chunk: Buffer): void {
    this.#ahead[output] += chunk.length
    if (this.#ahead[output] >= aheadBytes) this.#process[output]?.pause()
    tell({ id: this.#id, kind: 'output', output, chunk })
  }

  async #follow(pid: number): Promise<void> {
    const child = this.#process
    const closed = once(child, 'close')
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    this.#hasEnded = true
    killGroup(pid)
    tell({ id: this.#id, kind: 'exited' })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => (timer = setTimeout(resolve, readOffMs)))
    await Promise.race([closed, late]).finally(() => clearTimeout(timer))
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
    children.delete(this.#id)
    tell({ id: this.#id, kind: 'ended', end: { code, signal } })
  }
}

function start(id: number, { file, args, folder, environment }: SpawnOrder): void {
  const fail = ({ message, code: errno }: NodeJS.ErrnoException) => tell({ id, kind: 'failed', message, errno })
  try {
    const child = spawn(file, args, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const { pid } = child
    child.on('error', (error) => pid === undefined && fail(error))
    if (pid !== undefined) children.set(id, new Child(id, child, pid))
  } catch (error) {
    fail(error as NodeJS.ErrnoException)
  }
}

parentPort?.on('message', (command: SpawnCommand) => {
  const child = children.get(command.id)
  if (command.kind === 'spawn') start(command.id, command.order)
  else if (command.kind === 'signal') child?.signal(command.name)
  else if (command.kind === 'kill') child?.kill()
  else child?.taken(command.output, command.bytes)
})
