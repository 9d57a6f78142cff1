import { codedError, type engineContainers, type RequestOf, type ResponseOf } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { applyChanges } from '../images/import/apply-changes.ts'
import { familiarReference, parseReference, withDefaultTag } from '@moby/contracts/reference'
import { ownPaths, systemFolders } from './base-files.ts'
import { committedConfig, mergeOver } from './committed-config.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'
import { pauseContainer, unpauseContainer } from './pause.ts'

/**
 * Makes an image of a container. What it changed is read while it stands still, and it goes on as soon as that is
 * read, whatever becomes of the image. Errors: CONTAINER_NOT_FOUND, CONTAINER_STATE, IMAGE_REFERENCE_INVALID,
 * IMAGE_CHANGE_INVALID, IMAGE_NOT_FOUND when the image of the container is gone, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
 */
export async function commitContainer(
  context: ContainerContext,
  request: RequestOf<typeof engineContainers, 'commit'>,
  signal?: AbortSignal,
): Promise<ResponseOf<typeof engineContainers, 'commit'>> {
  const record = context.store.find(request.ref)
  requireRoot(record, 'commit')
  const own = committedConfig(record.process)
  const given = request.config === undefined ? own : (request.config as ExecutionConfig)
  const changed = applyChanges(given, request.changes ?? [])
  const config = request.exact === true ? changed : mergeOver(changed, own)
  const { id } = await context.images.extend(
    {
      base: record.image.id,
      config: { ...config },
      author: request.author ?? '',
      comment: request.comment ?? '',
      ...(request.passing === undefined ? {} : { passing: request.passing }),
      createdBy: request.createdBy ?? record.process.command.join(' '),
      names: request.reference === undefined ? [] : [request.reference],
    },
    readLayer(context, record, request, signal),
    signal,
  )
  tell(context, record, 'commit', {
    comment: request.comment ?? '',
    imageID: id,
    imageRef:
      request.reference === undefined ? '' : familiarReference(withDefaultTag(parseReference(request.reference))),
  })
  return { id }
}

/** Fails with CONTAINER_STATE when the files of a container are not there any more. */
export function requireRoot({ id, status }: ContainerRecord, verb: 'commit' | 'export' | 'copy files of'): void {
  if (status !== 'dead' && status !== 'removing') return
  const state = status === 'dead' ? 'Dead' : 'being removed'
  throw codedError('CONTAINER_STATE', `You cannot ${verb} container ${id} which is ${state}`)
}

async function* readLayer(
  context: ContainerContext,
  record: ContainerRecord,
  { pause = true, without = [] }: { readonly pause?: boolean; readonly without?: readonly string[] },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const unpause = pause ? await standStill(context, record.id) : undefined
  try {
    yield* context.storage
      .get(record.drivers.storage)
      .diff({ key: record.id, without: [...ownPaths, ...systemFolders, ...without] }, { signal })
  } finally {
    await unpause?.()
  }
}

/** Pauses a container that runs; one that does not, or that the user has paused, stays as it is. */
async function standStill(context: ContainerContext, id: string): Promise<(() => Promise<void>) | undefined> {
  const { status } = context.store.current(id)
  if (status !== 'running') return undefined
  try {
    await pauseContainer(context, id, 'commit')
  } catch (error) {
    // It has ended meanwhile, which is as good.
    if (!isRunning(context.store.current(id))) return undefined
    throw error
  }
  return async () => {
    try {
      await unpauseContainer(context, id)
    } catch (error) {
      const now = context.store.get(id)?.status
      // Killed or unpaused by somebody else meanwhile.
      if (now === 'paused') throw error
    }
  }
}
