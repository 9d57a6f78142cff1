import { codedError } from '@moby/contracts'
import { withPrefix } from '../errors/with-prefix.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { checkName } from './names.ts'

/** Gives a container another name; name lookup on its networks follows. */
export async function renameContainer(
  context: ContainerContext,
  request: { ref: string; name: string },
): Promise<void> {
  const { id } = context.store.find(request.ref)
  if (request.name === '' || request.name === '/') {
    throw codedError('CONTAINER_NAME_INVALID', 'Neither old nor new names may be empty')
  }
  const name = allocating(() => checkName(`/${request.name.replace(/^\//, '')}`))
  await context.locks.run(id, async () => {
    const record = context.store.current(id)
    if (record.name === name) {
      throw codedError('CONTAINER_NAME_INVALID', 'Renaming a container with the same name as its current name')
    }
    allocating(() => context.store.reserveName(name, id))
    try {
      const renamed = await context.store.update(id, { name }, 'power-loss')
      tell(context, renamed, 'rename', { oldName: `/${record.name}` })
    } finally {
      context.store.releaseName(name)
    }
    await context.networking.names.publish(id)
  })
}

function allocating<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withPrefix(error, 'Error when allocating new name')
  }
}
