import { codedError, hasCode, type Exit, type RequestOf, type runtime, type TaskState } from '@moby/contracts'
import { Shim } from '../bootstrap/shim.ts'
import type { ShimPool } from '../bootstrap/shim-pool.ts'
import { hasCgroup } from '@moby/lib-oci-runtime'
import { EventFeed } from './event-feed.ts'
import { KeyedTurns } from './keyed-turns.ts'
import { readCgroupsPath } from './read-cgroups-path.ts'
import { runtimeFailure } from './runtime-failure.ts'
import { hasRuntimeState, removeShimFiles, sweepTask } from './sweep-task.ts'
import type { TaskRecord, TaskRecords } from './task-record.ts'
import { Task } from './task.ts'
import { within } from '../host/within.ts'

/** What all tasks of a driver share. */
export interface TaskSetOptions {
  readonly namespace: string
  /** Absolute path of the shim. */
  readonly shim: string
  /** Absent for shims that bring their own runtime. */
  readonly runtime: TaskRecord['runtime']
  readonly records: TaskRecords
  readonly shims: ShimPool
  /** Path of the socket where shims report. */
  readonly events: string
  readonly warn: (message: string, fields: Record<string, unknown>) => void
}

/** A container or process has this long to die of SIGKILL. */
const endMs = 5000
/** A shim that does not answer within this after a restart counts as lost. */
const reconnectMs = 5000
const sigkill = 9

/** The tasks of a driver: made, taken up after a restart, lost, deleted. */
export class TaskSet {
  readonly feed = new EventFeed()
  readonly #options: TaskSetOptions
  readonly #turns = new KeyedTurns()
  readonly #tasks = new Map<string, Task>()
  /** Tasks whose shim died, and the cleaning up behind them. */
  readonly #lost = new Map<string, Promise<void>>()
  readonly #owner = {
    publish: this.feed.publish.bind(this.feed),
    onLost: (task: Task) => this.#lose(task),
  }

  constructor(options: TaskSetOptions) {
    this.#options = options
  }

  /** Fails with RUNTIME_TASK_NOT_FOUND or RUNTIME_SHIM_LOST. */
  get(id: string): Task {
    const task = this.#tasks.get(id)
    if (task !== undefined) return task
    if (this.#lost.has(id)) throw codedError('RUNTIME_SHIM_LOST', `The shim of container ${id} is gone`)
    throw codedError('RUNTIME_TASK_NOT_FOUND', `The runtime has no container ${id}`)
  }

  /** Starts a shim and makes the container of a bundle. On error nothing is left. */
  create({ id, bundle, stdio, owner }: RequestOf<typeof runtime, 'create'>): Promise<number> {
    return this.#turns.take(id, async () => {
      await this.#refuseExisting(id)
      const { namespace, shim, runtime, records, shims } = this.#options
      let record: TaskRecord = { id, bundle, namespace, shim, runtime }
      let task: Task | undefined
      // Before the shim starts, so that one which nobody could connect to is found after a crash.
      records.write(record)
      try {
        const [own, cgroup] = await Promise.all([shims.acquire({ id, bundle }), readCgroupsPath(bundle)])
        record = { ...record, cgroup, place: own.place }
        task = new Task(record, own, this.#owner)
        records.write(record)
        const pid = await task.create(stdio, owner)
        this.#tasks.set(id, task)
        return pid
      } catch (error) {
        await this.#undo(record, task)
        const failure = runtimeFailure(error, `Cannot create container ${id}`, 'RUNTIME_CREATE_FAILED')
        if (failure.code !== 'RUNTIME_SHIM_LOST') throw failure
        throw codedError('RUNTIME_CREATE_FAILED', failure.message, { cause: error })
      }
    })
  }

  /** Takes a task up again. Fails with RUNTIME_TASK_NOT_FOUND, or RUNTIME_SHIM_LOST once all is cleaned up. */
  reconnect(id: string): Promise<TaskState> {
    return this.#turns.take(id, async () => {
      const task = this.#tasks.get(id) ?? (await this.#takeUp(id))
      return (task ?? this.get(id)).state('')
    })
  }

  /** Removes a container with everything that it had. An unknown one is success, without exit. */
  delete(id: string, force: boolean): Promise<Exit | undefined> {
    return this.#turns.take(id, async () => {
      const task = this.#tasks.get(id) ?? (await this.#takeUp(id).catch(ignoreLost))
      if (task === undefined) {
        await this.#lost.get(id)
        this.#lost.delete(id)
        return undefined
      }
      const exit = await (force ? this.#endAndRemove(task) : this.#remove(task, ''))
      if (exit === 'unknown') return undefined
      this.#tasks.delete(id)
      await this.#letGo(task)
      return exit
    })
  }

  /** Removes a finished exec. An unknown one is success, without exit. */
  async deleteExec(id: string, execId: string, force: boolean): Promise<Exit | undefined> {
    const task = this.#tasks.get(id)
    if (task === undefined) return undefined
    if (force) await within(endMs, `Ending process ${execId}`, this.#end(task, execId))
    return this.#remove(task, execId)
  }

  tellOom(id: string): void {
    this.#tasks.get(id)?.tellOom()
  }

  /** Lets all tasks go on without this process. */
  release(): void {
    for (const task of this.#tasks.values()) {
      task.detach()
      task.shim.client.close()
    }
    this.#tasks.clear()
  }

  /** A record that nobody has taken up may be of a container that lives. */
  async #refuseExisting(id: string): Promise<void> {
    const task = this.#tasks.get(id) ?? (await this.#takeUp(id).catch(ignoreLost))
    if (task !== undefined) throw codedError('RUNTIME_TASK_EXISTS', `The runtime has a container ${id} already`)
    await this.#lost.get(id)
    this.#lost.delete(id)
  }

  /** Connects to the shim of a record; undefined when there is no record. */
  async #takeUp(id: string): Promise<Task | undefined> {
    const record = this.#options.records.read(id)
    if (record === undefined || this.#lost.has(id)) return undefined
    let task: Task | undefined
    try {
      const shim = await within(reconnectMs, `Connecting to the shim of ${id}`, Shim.connect(record.place))
      task = new Task(record, shim, this.#owner)
      const { status } = await within(reconnectMs, `The shim of ${id}`, task.state(''))
      task.adopt(status)
      this.#tasks.set(id, task)
      return task
    } catch (error) {
      task?.detach()
      task?.shim.client.close()
      await this.#sweep(record)
      throw codedError('RUNTIME_SHIM_LOST', `The shim of container ${id} is gone; what it left was removed`, {
        cause: error,
      })
    }
  }

  /** Undoes a creation that failed. In most cases the runtime has cleaned up, and the shim is fine. */
  async #undo(record: TaskRecord, task: Task | undefined): Promise<void> {
    const left = hasRuntimeState(record) || (record.cgroup !== undefined && hasCgroup(record.cgroup))
    if (task !== undefined && !left && (await isWithoutContainer(task))) return this.#letGo(task)
    task?.detach()
    await this.#sweep(record)
    task?.shim.client.close()
  }

  /** A shim that does not do it is ended with its container; how that ended is not known then. */
  async #endAndRemove(task: Task): Promise<Exit | undefined | 'unknown'> {
    try {
      await within(endMs, `Ending container ${task.id}`, this.#end(task, ''))
      return await this.#remove(task, '')
    } catch (error) {
      this.#options.warn('A container is removed without its shim', { container: task.id, error: String(error) })
      this.#tasks.delete(task.id)
      task.detach()
      task.shim.client.close()
      await this.#sweep(task.record)
      return 'unknown'
    }
  }

  /** Kills a process that still lives, and waits until it has ended. */
  async #end(task: Task, execId: string): Promise<void> {
    try {
      const { status } = await task.state(execId)
      if (status === 'stopped') return
      // What is frozen cannot die.
      if (status === 'paused') await task.resume()
      await task.kill(execId, sigkill, execId === '')
    } catch (error) {
      if (!hasCode(error, 'RUNTIME_TASK_STATE', 'RUNTIME_TASK_NOT_FOUND')) throw error
    }
    try {
      await task.wait(execId)
    } catch (error) {
      if (!hasCode(error, 'RUNTIME_TASK_NOT_FOUND')) throw error
    }
  }

  async #remove(task: Task, execId: string): Promise<Exit | undefined> {
    try {
      return await task.remove(execId)
    } catch (error) {
      if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND')) return undefined
      const state = await task.state(execId).catch(() => undefined)
      if (state === undefined || state.status === 'stopped') throw error
      throw codedError('RUNTIME_TASK_STATE', `${execId === '' ? task.id : execId} is ${state.status}`, {
        cause: error,
        hint: 'Stop it first, or remove it by force',
      })
    }
  }

  /** Gives the shim of a deleted container back and removes what they had. */
  async #letGo(task: Task): Promise<void> {
    task.detach()
    if (this.#isShared(task.record)) task.shim.client.close()
    else await this.#options.shims.release(task.shim)
    removeShimFiles(task.record.bundle)
    this.#options.records.remove(task.id)
  }

  #lose(task: Task): void {
    if (this.#tasks.get(task.id) !== task) return
    this.#tasks.delete(task.id)
    this.#options.warn('The shim of a container is gone; the container is removed', { container: task.id })
    this.#lost.set(
      task.id,
      this.#sweep(task.record)
        .catch((error: unknown) =>
          this.#options.warn('Cleaning up failed', { container: task.id, error: String(error) }),
        )
        .then(() => this.feed.publish({ kind: 'lost', id: task.id })),
    )
  }

  async #sweep(record: TaskRecord): Promise<void> {
    await sweepTask(this.#isShared(record) ? { ...record, place: undefined } : record, this.#options.events)
    this.#options.records.remove(record.id)
  }

  /** Annotations can group the containers of one shim: it ends with the last of them. */
  #isShared({ id, place }: TaskRecord): boolean {
    return [...this.#tasks.values()].some(
      (other) => other.id !== id && other.record.place?.address.path === place?.address.path,
    )
  }
}

/** True when the shim answers, and has no such container. */
async function isWithoutContainer(task: Task): Promise<boolean> {
  try {
    await task.state('')
    return false
  } catch (error) {
    return hasCode(error, 'RUNTIME_TASK_NOT_FOUND')
  }
}

function ignoreLost(error: unknown): undefined {
  if (!hasCode(error, 'RUNTIME_SHIM_LOST')) throw error
  return undefined
}
