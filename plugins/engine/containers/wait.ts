import type { engineContainers, ItemOf, RequestOf } from '@moby/contracts'
import { codedError } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import type { Ending } from './live-containers.ts'

type Request = RequestOf<typeof engineContainers, 'wait'>
type Item = ItemOf<typeof engineContainers, 'wait'>

/**
 * Waits for an exit or a removal. The registration stands before the first item is given out, so that a caller who
 * starts the container then cannot be too late, however short its life.
 */
export async function* waitForContainer(
  context: ContainerContext,
  request: Request,
  signal?: AbortSignal,
): AsyncIterable<Item> {
  const record = context.store.find(request.ref)
  if (request.condition === 'not-running' && !isLive(record)) {
    yield { waiting: true }
    yield answer({ exitCode: record.exitCode, error: record.error })
    return
  }
  const { promise, resolve, reject } = Promise.withResolvers<Ending>()
  promise.catch(() => undefined)
  const live = context.lives.of(record.id)
  const take = [live.whenRemoved(resolve)]
  if (request.condition !== 'removed') take.push(live.nextExit(resolve))
  const cancel = () => reject(codedError('CANCELLED', 'context canceled'))
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted === true) cancel()
  try {
    yield { waiting: true }
    yield answer(await promise)
  } finally {
    signal?.removeEventListener('abort', cancel)
    for (const takeBack of take) takeBack()
  }
}

function isLive({ status }: ContainerRecord): boolean {
  return ['starting', 'running', 'paused', 'restarting'].includes(status)
}

function answer({ exitCode, error }: Ending): Item {
  return { exitCode, ...(error === undefined || error === '' ? {} : { error }) }
}
