import type { Exit } from '@moby/contracts'
import type { TtrpcClient } from '@moby/lib-ttrpc'
import { formatTimestamp } from '@moby/lib-ttrpc'
import type { TaskService } from '../protocol/task-service.ts'

/** The one Wait of a process: its exit is asked for once and remembered. */
export interface TaskProcess {
  /** Fails when the shim does not know the process, or is lost. */
  readonly exit: Promise<Exit>
  /** Whether `start` succeeds; the exit of what never ran is no event. Absent before anyone starts it. */
  started: Promise<boolean> | undefined
}

export function watchProcess(
  client: TtrpcClient,
  service: TaskService,
  which: { readonly id: string; readonly execId: string },
  started: Promise<boolean> | undefined,
): TaskProcess {
  const exit = client.call(service.wait, which).then(toExit)
  // Whoever asks for the exit gets the failure; nobody may ask.
  exit.catch(() => undefined)
  return { exit, started }
}

/** Shims of processes that never ran tell no time. */
export function toExit(answer: {
  readonly exitStatus: number
  readonly exitedAt: { readonly seconds: number; readonly nanos: number } | undefined
}): Exit {
  return {
    exitCode: Math.min(answer.exitStatus, 255),
    exitedAt: formatTimestamp(answer.exitedAt) ?? new Date().toISOString(),
  }
}
