import { codedError, implement, runtime, type Implementation, type ResponseOf } from '@moby/contracts'
import type { TaskSet } from './task/task-set.ts'

type Info = ResponseOf<typeof runtime, 'info'>

/** The contract in front of the tasks; `describe` tells of what is behind them. */
export function makeDriver(tasks: TaskSet, describe: () => Promise<Info>): Implementation<typeof runtime> {
  return implement(runtime, {
    info: () => describe(),
    create: async (request) => ({ pid: await tasks.create(request) }),
    start: async ({ id, execId = '' }) => ({ pid: await tasks.get(id).start(execId) }),
    exec: async ({ id, execId, process, stdio }) => {
      await tasks.get(id).exec(execId, process, stdio)
      return {}
    },
    wait: async ({ id, execId = '' }, call) => abortable(tasks.get(id).wait(execId), call?.signal),
    kill: async ({ id, execId = '', signal, all = false }) => {
      await tasks.get(id).kill(execId, signal, all)
      return {}
    },
    pause: async ({ id }) => {
      await tasks.get(id).pause()
      return {}
    },
    resume: async ({ id }) => {
      await tasks.get(id).resume()
      return {}
    },
    update: async ({ id, resources, annotations = {} }) => {
      await tasks.get(id).update(resources, annotations)
      return {}
    },
    stats: async ({ id }) => tasks.get(id).stats(),
    processes: async ({ id }) => ({ pids: await tasks.get(id).processes() }),
    resize: async ({ id, execId = '', width, height }) => {
      await tasks.get(id).resize(execId, width, height)
      return {}
    },
    closeStdin: async ({ id, execId = '' }) => {
      await tasks.get(id).closeStdin(execId)
      return {}
    },
    state: async ({ id, execId = '' }) => tasks.get(id).state(execId),
    delete: async ({ id, execId, force = false }) => {
      const exit = await (execId === undefined ? tasks.delete(id, force) : tasks.deleteExec(id, execId, force))
      return exit === undefined ? {} : { exit }
    },
    reconnect: ({ id }) => tasks.reconnect(id),
    events: (_request, call) => tasks.feed.subscribe(call?.signal),
  })
}

/** Fails with CANCELLED when the caller gives up; the wait itself is shared and goes on. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(codedError('CANCELLED', 'The wait was given up'))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
