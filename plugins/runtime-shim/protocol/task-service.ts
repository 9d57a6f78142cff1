import { defineMethod, Empty } from '@moby/lib-ttrpc'
import * as messages from './task-messages.ts'

/** The methods of the task service under the name that a version of it has. */
function defineTaskService(service: string) {
  return {
    create: defineMethod(service, 'Create', messages.CreateRequest, messages.PidResponse),
    start: defineMethod(service, 'Start', messages.WhichRequest, messages.PidResponse),
    exec: defineMethod(service, 'Exec', messages.ExecRequest, Empty),
    wait: defineMethod(service, 'Wait', messages.WhichRequest, messages.WaitResponse),
    kill: defineMethod(service, 'Kill', messages.KillRequest, Empty),
    pause: defineMethod(service, 'Pause', messages.IdRequest, Empty),
    resume: defineMethod(service, 'Resume', messages.IdRequest, Empty),
    update: defineMethod(service, 'Update', messages.UpdateRequest, Empty),
    stats: defineMethod(service, 'Stats', messages.IdRequest, messages.StatsResponse),
    pids: defineMethod(service, 'Pids', messages.IdRequest, messages.PidsResponse),
    resizePty: defineMethod(service, 'ResizePty', messages.ResizeRequest, Empty),
    closeIo: defineMethod(service, 'CloseIO', messages.CloseIoRequest, Empty),
    state: defineMethod(service, 'State', messages.WhichRequest, messages.StateResponse),
    delete: defineMethod(service, 'Delete', messages.WhichRequest, messages.DeleteResponse),
    shutdown: defineMethod(service, 'Shutdown', messages.ShutdownRequest, Empty),
  }
}

/** Shims up to 1.7 serve version 2, shims from 2.0 on version 3 only. */
export const taskServices = {
  2: defineTaskService('containerd.task.v2.Task'),
  3: defineTaskService('containerd.task.v3.Task'),
} as const

export type TaskServiceVersion = keyof typeof taskServices
export type TaskService = (typeof taskServices)[TaskServiceVersion]
