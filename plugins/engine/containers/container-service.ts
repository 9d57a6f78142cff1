import { engineContainers, implement, type Implementation } from '@moby/contracts'
import { attachContainer } from './attach.ts'
import { readChanges } from './changes.ts'
import type { ContainerContext } from './container-context.ts'
import { createContainer } from './create.ts'
import { inspectContainer } from './inspect.ts'
import { killContainer } from './kill.ts'
import { listContainers } from './list.ts'
import { readLogs } from './logs.ts'
import { pauseContainer, unpauseContainer } from './pause.ts'
import { pruneContainers } from './prune.ts'
import { removeContainer } from './remove.ts'
import { renameContainer } from './rename.ts'
import { resizeContainer } from './resize.ts'
import { restartContainer } from './restart.ts'
import { startContainer } from './start.ts'
import { readStats } from './stats.ts'
import { stopContainer } from './stop.ts'
import { topContainer } from './top.ts'
import { updateContainer } from './update.ts'
import { waitForContainer } from './wait.ts'

/** engine.containers: one file a verb. */
export function createContainerService(context: ContainerContext): Implementation<typeof engineContainers> {
  return implement(engineContainers, {
    create: (request) => createContainer(context, request),
    start: ({ ref }) => startContainer(context, ref),
    stop: (request) => stopContainer(context, request),
    restart: (request) => done(restartContainer(context, request)),
    kill: (request) => done(killContainer(context, request)),
    pause: ({ ref }) => done(pauseContainer(context, ref)),
    unpause: ({ ref }) => done(unpauseContainer(context, ref)),
    rename: (request) => done(renameContainer(context, request)),
    update: (request) => updateContainer(context, request),
    remove: (request) => done(removeContainer(context, request)),
    inspect: (request) => inspectContainer(context, request),
    list: async (request) => ({ containers: await listContainers(context, request) }),
    wait: (request, call) => waitForContainer(context, request, call?.signal),
    logs: (request, call) => readLogs(context, request, call?.signal),
    attach: (request, input, call) => attachContainer(context, request, input, call?.signal),
    resize: (request) => done(resizeContainer(context, request)),
    top: (request) => topContainer(context, request),
    stats: (request, call) => readStats(context, request, call?.signal),
    changes: ({ ref }, call) => readChanges(context, ref, call?.signal),
    prune: (request) => pruneContainers(context, request),
  })
}

async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work
  return {}
}
