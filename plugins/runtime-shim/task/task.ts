import type { Exit, RuntimeEvent, Stdio, TaskState, TaskStats } from '@moby/contracts'
import { codedError, hasCode } from '@moby/contracts'
import { packAny, type Method, type TtrpcClient } from '@moby/lib-ttrpc'
import { writeRuntimeJson } from 'oci-spec-ts'
import { RuncOptions } from '../protocol/runc-options.ts'
import { statusWords } from '../protocol/task-messages.ts'
import type { Shim } from '../bootstrap/shim.ts'
import type { TaskService } from '../protocol/task-service.ts'
import { readMetrics, type Metrics } from './read-metrics.ts'
import { lastRuntimeError, runtimeFailure } from './runtime-failure.ts'
import type { TaskRecord } from './task-record.ts'
import { toExit, watchProcess, type TaskProcess } from './task-process.ts'

/** Type URLs under which containerd packs documents of the runtime specification, as JSON. */
const specType = 'types.containerd.io/opencontainers/runtime-spec/1/'
const callMs = 10_000
const slowCallMs = 60_000
/** What was running when the task was taken up has begun. */
const begun = Promise.resolve(true)
/** Exit code of a process that SIGKILL ended. */
const killed = 137

export interface TaskOwner {
  publish(event: RuntimeEvent): void
  /** The connection to the shim is gone, and nobody asked for that. */
  onLost(task: Task): void
}

/** One container behind its shim, for as long as the connection to the shim lives. */
export class Task {
  readonly record: TaskRecord
  readonly shim: Shim
  readonly #client: TtrpcClient
  readonly #service: TaskService
  readonly #owner: TaskOwner
  readonly #processes = new Map<string, TaskProcess>()
  /** Taken up after a restart: what it has running was started before. */
  #adopted = false
  #oomTold = false
  #released = false

  constructor(record: TaskRecord, shim: Shim, owner: TaskOwner) {
    this.record = record
    this.shim = shim
    this.#client = shim.client
    this.#service = shim.service
    this.#owner = owner
    void this.#watchConnection()
  }

  get id(): string {
    return this.record.id
  }

  /** Makes the container; answers with the pid of its init. */
  async create(stdio: Stdio, owner: { readonly uid: number; readonly gid: number } | undefined): Promise<number> {
    const { id, bundle, runtime } = this.record
    const options =
      runtime === undefined
        ? undefined
        : packAny(RuncOptions, {
            binaryName: runtime.command,
            root: runtime.root,
            systemdCgroup: runtime.systemdCgroup,
            ...(owner === undefined ? {} : { ioUid: owner.uid, ioGid: owner.gid }),
          })
    try {
      const { pid } = await this.#client.call(
        this.#service.create,
        { id, bundle, ...toStdio(stdio), ...(options === undefined ? {} : { options }) },
        { timeoutMs: slowCallMs },
      )
      this.#watch('')
      return pid
    } catch (error) {
      const failure = runtimeFailure(error, `Cannot create container ${id}`, 'RUNTIME_CREATE_FAILED')
      const cause = lastRuntimeError(bundle)
      if (cause === undefined || failure.message.includes(cause)) throw failure
      throw codedError('RUNTIME_CREATE_FAILED', `${failure.message}: ${cause}`, { cause: error })
    }
  }

  async start(execId: string): Promise<number> {
    const what = `Cannot start ${this.#name(execId)}`
    const which = { id: this.id, execId }
    const call = this.#call(what, this.#service.start, which, slowCallMs, 'RUNTIME_CREATE_FAILED')
    const started = call.then(
      () => true,
      () => false,
    )
    const known = this.#processes.get(execId)
    // It may end before the answer says that it began.
    if (known !== undefined) known.started = started
    try {
      const { pid } = await call
      this.#watch(execId, started)
      return pid
    } catch (error) {
      // Nothing runs, so nobody will see it end; a container stays for its caller to delete.
      if (execId !== '') void this.remove(execId).catch(() => undefined)
      throw error
    }
  }

  async exec(execId: string, process: Readonly<Record<string, unknown>>, stdio: Stdio): Promise<void> {
    const spec = { typeUrl: `${specType}Process`, value: Buffer.from(writeRuntimeJson(process)) }
    await this.#call(`Cannot add ${this.#name(execId)}`, this.#service.exec, {
      id: this.id,
      execId,
      ...toStdio(stdio),
      spec,
    })
  }

  /** How the process ended, when it has. */
  async wait(execId: string): Promise<Exit> {
    const process = this.#watch(execId, this.#adopted ? begun : undefined)
    try {
      return await process.exit
    } catch (error) {
      this.#processes.delete(execId)
      throw runtimeFailure(error, `Cannot wait for ${this.#name(execId)}`)
    }
  }

  async kill(execId: string, signal: number, all: boolean): Promise<void> {
    const what = `Cannot send signal ${signal} to ${this.#name(execId)}`
    await this.#call(what, this.#service.kill, { id: this.id, execId, signal, all })
  }

  async pause(): Promise<void> {
    await this.#call(`Cannot pause container ${this.id}`, this.#service.pause, { id: this.id })
  }

  async resume(): Promise<void> {
    await this.#call(`Cannot resume container ${this.id}`, this.#service.resume, { id: this.id })
  }

  async update(
    resources: Readonly<Record<string, unknown>>,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#call(`Cannot update container ${this.id}`, this.#service.update, {
      id: this.id,
      resources: { typeUrl: `${specType}LinuxResources`, value: Buffer.from(writeRuntimeJson(resources)) },
      annotations,
    })
  }

  async stats(): Promise<TaskStats> {
    return (await this.#metrics(callMs)).stats
  }

  async processes(): Promise<number[]> {
    const answer = await this.#call(`Cannot list processes of ${this.id}`, this.#service.pids, { id: this.id })
    return answer.processes.map(({ pid }) => pid)
  }

  async resize(execId: string, width: number, height: number): Promise<void> {
    const what = `Cannot resize the terminal of ${this.#name(execId)}`
    await this.#call(what, this.#service.resizePty, { id: this.id, execId, width, height })
  }

  async closeStdin(execId: string): Promise<void> {
    const what = `Cannot close the standard input of ${this.#name(execId)}`
    await this.#call(what, this.#service.closeIo, { id: this.id, execId, stdin: true })
  }

  async state(execId: string): Promise<TaskState> {
    const what = `Cannot tell the state of ${this.#name(execId)}`
    const answer = await this.#call(what, this.#service.state, { id: this.id, execId })
    const status = statusWords.get(answer.status)
    if (status === undefined) throw codedError('RUNTIME_FAILED', `${what}: status ${answer.status} is not known`)
    return {
      id: this.id,
      status,
      pid: status === 'stopped' ? 0 : answer.pid,
      ...(status === 'stopped' ? { exit: toExit(answer) } : {}),
    }
  }

  /** Begins to watch the init of a task that was taken up again. */
  adopt(status: TaskState['status']): void {
    this.#adopted = true
    this.#watch('', status === 'created' ? undefined : begun)
  }

  /** Removes an ended process, or with an empty id the container, from the shim. */
  async remove(execId: string): Promise<Exit> {
    const what = `Cannot delete ${this.#name(execId)}`
    const answer = await this.#call(what, this.#service.delete, { id: this.id, execId }, slowCallMs)
    this.#processes.delete(execId)
    return toExit(answer)
  }

  /** Has nothing to do with the shim any more, which may serve another container. */
  detach(): void {
    this.#released = true
  }

  /** Tells, once, that the kernel killed in the container for lack of memory. */
  tellOom(): void {
    if (this.#oomTold) return
    this.#oomTold = true
    this.#owner.publish({ kind: 'oom', id: this.id })
  }

  async #watchConnection(): Promise<void> {
    await this.#client.lost
    if (!this.#released) this.#owner.onLost(this)
  }

  #watch(execId: string, started?: Promise<boolean>): TaskProcess {
    const known = this.#processes.get(execId)
    if (known !== undefined) return known
    const process = watchProcess(this.#client, this.#service, { id: this.id, execId }, started)
    this.#processes.set(execId, process)
    void this.#tellExit(execId, process)
    return process
  }

  async #tellExit(execId: string, process: TaskProcess): Promise<void> {
    const exit = await process.exit.catch(() => undefined)
    if (exit === undefined || (await process.started) !== true) return
    // The shim tells of lack of memory when it comes to it; who sees the exit must know the reason by then.
    if (execId === '' && exit.exitCode === killed && !this.#oomTold) {
      const metrics = await this.#metrics(500).catch(() => undefined)
      if (metrics !== undefined && metrics.oomKills > 0) this.tellOom()
    }
    this.#owner.publish({ kind: 'exit', id: this.id, ...(execId === '' ? {} : { execId }), exit })
  }

  async #metrics(timeoutMs: number): Promise<Metrics> {
    const what = `Cannot read the counters of container ${this.id}`
    const { stats } = await this.#call(what, this.#service.stats, { id: this.id }, timeoutMs)
    return readMetrics(stats)
  }

  async #call<Req, Res>(
    what: string,
    method: Method<Req, Res>,
    request: Partial<Req>,
    timeoutMs = callMs,
    fallback?: 'RUNTIME_CREATE_FAILED',
  ): Promise<Res> {
    try {
      return await this.#client.call(method, request, { timeoutMs })
    } catch (error) {
      if (hasCode(error, 'RPC_DEADLINE')) throw error
      throw runtimeFailure(error, what, fallback)
    }
  }

  #name(execId: string): string {
    return execId === '' ? `container ${this.id}` : `process ${execId} of container ${this.id}`
  }
}

function toStdio({ terminal, stdin = '', stdout = '', stderr = '' }: Stdio) {
  return { terminal, stdin, stdout, stderr }
}
