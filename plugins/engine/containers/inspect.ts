import type { Container } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import { showContainer } from './show.ts'

/** One container, with the size of its tree when asked for. */
export async function inspectContainer(
  context: ContainerContext,
  request: { ref: string; size?: boolean | undefined },
): Promise<Container> {
  const record = context.store.find(request.ref)
  return request.size === true ? withSize(context, record) : showContainer(context, record)
}

/** Adds what the writable layer occupies, and that with all its parents. A driver that is away leaves both out. */
export async function withSize(context: ContainerContext, record: ContainerRecord): Promise<Container> {
  const shown = showContainer(context, record)
  if (!context.storage.has(record.drivers.storage)) return shown
  const storage = context.storage.get(record.drivers.storage)
  let total = 0n
  let own: string | undefined
  for (let key: string | undefined = record.id; key !== undefined;) {
    const [{ size }, snapshot]: [{ size: string }, { parent?: string | undefined }] = await Promise.all([
      storage.usage({ key }),
      storage.stat({ key }),
    ])
    own ??= size
    total += BigInt(size)
    key = snapshot.parent
  }
  return { ...shown, sizeRw: own ?? '0', sizeRootFs: String(total) }
}
