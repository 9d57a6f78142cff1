import { engineContainers, implement, type Implementation } from '@moby/contracts'
import { attachContainer } from './attach.ts'
import { readChanges } from './changes.ts'
import { commitContainer } from './commit.ts'
import type { ContainerContext } from './container-context.ts'
import { readArchive } from './copy/read-archive.ts'
import { statPath } from './copy/stat-path.ts'
import { writeArchive } from './copy/write-archive.ts'
import { createContainer } from './create.ts'
import { exportContainer } from './export.ts'
import { inspectContainer } from './inspect.ts'
import { withPrefix } from '../errors/with-prefix.ts'
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
import { settled } from './settled.ts'
import { readStats } from './stats.ts'
import { stopContainer } from './stop.ts'
import { topContainer } from './top.ts'
import { updateContainer } from './update.ts'
import { waitForContainer } from './wait.ts'

/** engine.containers: one file a verb. */
export function createContainerService(context: ContainerContext): Implementation<typeof engineContainers> {
  return implement(engineContainers, {
    create: (request) => createContainer(context, request),
    start: async ({ ref }) => startContainer(context, await settled(context, ref)),
    stop: async (request) => stopContainer(context, { ...request, ref: await settled(context, request.ref) }),
    restart: async (request) => {
      await restartContainer(context, { ...request, ref: await settled(context, request.ref) })
      return {}
    },
    kill: async (request) => {
      await settled(context, request.ref).catch((error: unknown) => {
        throw withPrefix(error, `cannot kill container: ${request.ref}`)
      })
      await killContainer(context, request)
      return {}
    },
    pause: async ({ ref }) => {
      await pauseContainer(context, await settled(context, ref))
      return {}
    },
    unpause: async ({ ref }) => {
      await unpauseContainer(context, await settled(context, ref))
      return {}
    },
    rename: async (request) => {
      await renameContainer(context, request)
      return {}
    },
    update: async (request) => updateContainer(context, { ...request, ref: await settled(context, request.ref) }),
    remove: async (request) => {
      await settled(context, request.ref)
      await removeContainer(context, request)
      return {}
    },
    inspect: (request) => inspectContainer(context, request),
    list: async (request) => ({ containers: await listContainers(context, request) }),
    wait: (request, call) => onceSettled(context, request.ref, () => waitForContainer(context, request, call?.signal)),
    logs: (request, call) => readLogs(context, request, call?.signal),
    attach: (request, input, call) =>
      onceSettled(context, request.ref, () => attachContainer(context, request, input, call?.signal)),
    resize: async (request) => {
      await resizeContainer(context, { ...request, ref: await settled(context, request.ref) })
      return {}
    },
    top: (request) => topContainer(context, request),
    stats: (request, call) => readStats(context, request, call?.signal),
    changes: ({ ref }, call) => readChanges(context, ref, call?.signal),
    prune: (request) => pruneContainers(context, request),
    commit: async (request, call) =>
      commitContainer(context, { ...request, ref: await settled(context, request.ref) }, call?.signal),
    statPath: async (request) => {
      await settled(context, request.ref)
      return await statPath(context, request)
    },
    readArchive: (request, call) =>
      onceSettled(context, request.ref, () => readArchive(context, request, call?.signal)),
    writeArchive: async (request, input, call) => {
      await settled(context, request.ref)
      await writeArchive(context, request, input, call?.signal)
      return {}
    },
    export: ({ ref }, call) => onceSettled(context, ref, () => exportContainer(context, ref, call?.signal)),
  })
}

async function* onceSettled<T>(
  context: ContainerContext,
  ref: string,
  stream: () => AsyncIterable<T>,
): AsyncIterable<T> {
  await settled(context, ref)
  yield* stream()
}
