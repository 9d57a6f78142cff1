import {
  codedError,
  engineExec,
  hasCode,
  implement,
  type Implementation,
  type ItemOf,
  type RequestOf,
} from '@moby/contracts'
import { randomBytes } from 'node:crypto'
import type { ContainerContext } from '../containers/container-context.ts'
import { tell } from '../containers/container-events.ts'
import type { ContainerRecord } from '../containers/container-record.ts'
import { settled } from '../containers/settled.ts'
import { parseDetachKeys } from '../containers/detach-keys.ts'
import { pumpInput } from '../containers/pump-input.ts'
import { checkWorkingDir } from '../spec/working-dir.ts'
import type { ExecState } from './exec-state.ts'
import { commandText } from './command-text.ts'
import { runExec } from './run-exec.ts'

type StartRequest = RequestOf<typeof engineExec, 'start'>
type Item = ItemOf<typeof engineExec, 'start'>

/** engine.exec: further processes in running containers, kept in memory for as long as the container's run lasts. */
export class ExecService {
  readonly #context: ContainerContext
  readonly api: Implementation<typeof engineExec>

  constructor(context: ContainerContext) {
    this.#context = context
    this.api = implement(engineExec, {
      create: async (request) => {
        await settled(context, request.ref)
        return this.#create(request)
      },
      start: (request, input, call) => this.#start(request, input, call?.signal),
      resize: async (request) => this.#resize(request),
      inspect: async ({ id }) => {
        const { containerId, spec, status, pid, exitCode } = this.#find(id)
        return {
          id,
          containerId,
          spec,
          running: status === 'running',
          pid,
          ...(exitCode === undefined ? {} : { exitCode }),
        }
      },
    })
  }

  #create({ ref, spec }: RequestOf<typeof engineExec, 'create'>): { id: string } {
    const record = this.#context.store.find(ref)
    refuse(record)
    parseDetachKeys(spec.detachKeys)
    if (spec.command.length === 0 || spec.command[0] === '') {
      throw codedError('CONTAINER_SPEC_INVALID', 'No exec command specified')
    }
    checkWorkingDir(spec.workingDir ?? '')
    const exec: ExecState = {
      id: randomBytes(32).toString('hex'),
      containerId: record.id,
      spec,
      status: 'created',
      pid: 0,
      ended: Promise.withResolvers<number>(),
    }
    this.#context.lives.of(record.id).execs.set(exec.id, exec)
    tell(this.#context, record, `exec_create: ${commandText(spec.command)}`, { execID: exec.id })
    return { id: exec.id }
  }

  async *#start(request: StartRequest, input: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncIterable<Item> {
    const exec = this.#find(request.id)
    if (exec.status !== 'created') {
      throw codedError('EXEC_STATE', `Error: Exec command ${exec.id} has already run`, {
        details: { exec: exec.id },
      })
    }
    const record = this.#context.store.get(exec.containerId)
    if (record === undefined) throw codedError('EXEC_NOT_FOUND', `No such exec instance: ${exec.id}`)
    refuse(record)
    exec.status = 'starting'
    const { spec } = exec
    const started = await runExec(this.#context, record, exec, request.consoleSize ?? spec.consoleSize)
    if (request.detach === true) {
      started.attachment.close()
      return
    }
    const { attachment } = started
    const close = () => attachment.close()
    signal?.addEventListener('abort', close, { once: true })
    const pump =
      spec.attachStdin === true
        ? pumpInput({
            input,
            attachment,
            ...(spec.terminal === true ? { detachKeys: parseDetachKeys(spec.detachKeys) } : {}),
            onEnd: started.closeStdin,
            onFailure: (error) => this.#context.log.debug('input of an exec ended', { error: String(error) }),
          })
        : undefined
    try {
      yield { attached: true }
      for await (const { stream, data } of attachment.output) yield { stream, data }
      if (pump?.detached === true) {
        tell(this.#context, record, 'exec_detach', { execID: exec.id })
        yield { detached: true }
        return
      }
      // The exit code must be known once the output has ended: clients ask for it at once.
      if (signal?.aborted !== true) await exec.ended.promise
    } finally {
      signal?.removeEventListener('abort', close)
      attachment.close()
    }
  }

  async #resize({ id, height, width }: RequestOf<typeof engineExec, 'resize'>): Promise<Record<string, never>> {
    const exec = this.#find(id)
    const record = this.#context.store.current(exec.containerId)
    try {
      await this.#context.runtimes.get(record.drivers.runtime).resize({ id: record.id, execId: id, height, width })
    } catch (error) {
      if (!hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE')) throw error
      throw codedError('EXEC_STATE', `exec ${id} is not running`, { cause: error })
    }
    return {}
  }

  #find(id: string): ExecState {
    for (const [, live] of this.#context.lives.all()) {
      const exec = live.execs.get(id)
      if (exec !== undefined) return exec
    }
    throw codedError('EXEC_NOT_FOUND', `No such exec instance: ${id}`)
  }
}

function refuse(record: ContainerRecord): void {
  if (record.status === 'paused') {
    throw codedError('CONTAINER_STATE', `Container ${record.name} is paused, unpause the container before exec`)
  }
  if (record.status === 'restarting') {
    throw codedError('CONTAINER_STATE', `container ${record.id} is restarting, wait until the container is running`)
  }
  if (record.status !== 'running') {
    throw codedError('CONTAINER_NOT_RUNNING', `container ${record.id} is not running`)
  }
}
