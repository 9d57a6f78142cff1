import { codedError, type engineContainers, type RequestOf } from '@moby/contracts'
import { withPrefix } from '../errors/with-prefix.ts'
import { checkResources, toLinuxResources } from '../spec/resources.ts'
import { checkUpdate } from './check-update.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'

type Request = RequestOf<typeof engineContainers, 'update'>

/** Changes limits and restart policy; of a running container at once. What is not given stays. */
export async function updateContainer(context: ContainerContext, request: Request): Promise<{ warnings: string[] }> {
  const { id } = context.store.find(request.ref)
  return await context.locks.run(id, () => updateLocked(context, id, request))
}

async function updateLocked(context: ContainerContext, id: string, request: Request): Promise<{ warnings: string[] }> {
  const record = context.store.current(id)
  const given = Object.fromEntries(
    Object.entries(request.resources).filter(([, value]) => value !== undefined && value !== 0 && value !== ''),
  )
  await naming(id, () => {
    refuse(record, request)
    checkUpdate(record.spec.resources ?? {}, given)
  })
  const { resources, warnings } = checkResources({ ...record.spec.resources, ...given }, context.host.cgroups)
  const spec = {
    ...record.spec,
    resources,
    ...(request.restart === undefined ? {} : { restart: request.restart }),
  }
  if (isRunning(record) && Object.keys(given).length > 0) {
    const runtime = context.runtimes.get(record.drivers.runtime)
    await naming(id, () => runtime.update({ id, resources: { ...toLinuxResources(resources) } }))
  }
  tell(context, await context.store.update(id, { spec }, 'power-loss'), 'update')
  return { warnings }
}

function refuse({ status, spec }: ContainerRecord, { restart }: Request): void {
  if (status === 'removing' || status === 'dead') {
    throw codedError('CONTAINER_STATE', 'container is marked for removal and cannot be "update"')
  }
  if (restart !== undefined && restart.name !== 'no' && spec.autoRemove === true) {
    throw codedError(
      'CONTAINER_STATE',
      'Restart policy cannot be updated because AutoRemove is enabled for the container',
    )
  }
}

/** What the state of the container forbids is told with its id, as Docker does; wrong values are not. */
async function naming(id: string, work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw withPrefix(error, `Cannot update container ${id}`)
  }
}
