import { codedError, hasCode, type engineContainers, type ItemOf, type RequestOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import type { ContainerRecord } from './container-record.ts'
import { parseDetachKeys } from './detach-keys.ts'
import type { LiveContainer } from './live-containers.ts'
import { discardOutput, noLog, openOutput } from './open-output.ts'
import { pumpInput } from './pump-input.ts'

type Request = RequestOf<typeof engineContainers, 'attach'>
type Item = ItemOf<typeof engineContainers, 'attach'>

/** Streams output and input of a container. One that does not run yet is waited for; nothing about it changes. */
export async function* attachContainer(
  context: ContainerContext,
  request: Request,
  input: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncIterable<Item> {
  const record = context.store.find(request.ref)
  refuse(record)
  const detachKeys = parseDetachKeys(request.detachKeys)
  if (!request.stream) {
    tell(context, record, 'attach')
    yield { attached: true }
    if (request.logs === true) yield* earlier(context, record, request, context.clock.now())
    return
  }
  const live = context.lives.of(record.id)
  const output = await openOutput(context, record)
  const attachment = output.attach(request)
  live.attachments += 1
  const close = () => attachment.close()
  signal?.addEventListener('abort', close, { once: true })
  tell(context, record, 'attach')
  const begun = context.clock.now()
  const pump = request.stdin
    ? pumpInput({
        input,
        attachment,
        ...(record.spec.terminal === true ? { detachKeys } : {}),
        onEnd: () => closeStdin(context, record),
        onFailure: (error) => context.log.debug('input of an attachment ended', { error: String(error) }),
      })
    : undefined
  try {
    yield { attached: true }
    if (request.logs === true) yield* earlier(context, record, request, begun)
    if (signal?.aborted === true) return
    for await (const { stream, data } of attachment.output) yield { stream, data }
    if (pump?.detached !== true) return
    tell(context, context.store.get(record.id) ?? record, 'detach')
    yield { detached: true }
  } finally {
    signal?.removeEventListener('abort', close)
    attachment.close()
    live.attachments -= 1
    await letGo(context, record.id, live)
  }
}

/** An output that was opened for a container that never started is put away with its last attachment. */
async function letGo(context: ContainerContext, id: string, live: LiveContainer): Promise<void> {
  await context.locks.run(id, async () => {
    const record = context.store.get(id)
    if (record === undefined || record.status === 'restarting') return
    if (live.attachments > 0 || live.run !== undefined) return
    await discardOutput(context, id)
  })
}

async function closeStdin(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const live = context.lives.of(record.id)
  live.inputEnded = true
  if (live.run === undefined) return
  await context.runtimes.get(record.drivers.runtime).closeStdin({ id: record.id })
}

async function* earlier(
  context: ContainerContext,
  record: ContainerRecord,
  request: Request,
  until: string,
): AsyncIterable<Item> {
  if (record.drivers.log === noLog) return
  const streams = [...(request.stdout ? ['stdout' as const] : []), ...(request.stderr ? ['stderr' as const] : [])]
  try {
    for await (const batch of context.logs.get(record.drivers.log).read({ log: record.id, until, streams })) {
      for (const { stream, line, partial } of batch) {
        const isWhole = partial === undefined || partial.last
        yield { stream, data: isWhole ? Buffer.concat([line, Buffer.from('\n')]) : line }
      }
    }
  } catch (error) {
    if (!hasCode(error, 'LOG_NOT_FOUND')) throw error
  }
}

function refuse(record: ContainerRecord): void {
  const state = (why: string) => codedError('CONTAINER_STATE', `container ${record.name} is ${why}`)
  if (record.status === 'paused') throw state('paused, unpause the container before attach')
  if (record.status === 'restarting') throw state('restarting, wait until the container is running')
  if (record.status === 'removing' || record.status === 'dead')
    throw state('marked for removal and cannot be attached to')
}
