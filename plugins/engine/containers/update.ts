import { codedError, type engineContainers, type RequestOf } from '@moby/contracts'
import { checkResources, toLinuxResources } from '../spec/resources.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { isRunning } from './container-record.ts'

type Request = RequestOf<typeof engineContainers, 'update'>

/** Changes limits and restart policy; of a running container at once. What is not given stays. */
export async function updateContainer(context: ContainerContext, request: Request): Promise<{ warnings: string[] }> {
  const { id } = context.store.find(request.ref)
  return context.locks.run(id, async () => {
    const record = context.store.current(id)
    if (record.status === 'removing' || record.status === 'dead') {
      throw codedError('CONTAINER_STATE', 'container is marked for removal and cannot be "update"')
    }
    if (request.restart !== undefined && request.restart.name !== 'no' && record.spec.autoRemove === true) {
      throw codedError(
        'CONTAINER_SPEC_INVALID',
        'Restart policy cannot be updated because AutoRemove is enabled for the container',
      )
    }
    const given = Object.fromEntries(
      Object.entries(request.resources).filter(([, value]) => value !== undefined && value !== 0 && value !== ''),
    )
    const { resources, warnings } = checkResources({ ...record.spec.resources, ...given }, context.host.cgroups)
    const spec = {
      ...record.spec,
      resources,
      ...(request.restart === undefined ? {} : { restart: request.restart }),
    }
    if (isRunning(record) && Object.keys(given).length > 0) {
      await context.runtimes.get(record.drivers.runtime).update({ id, resources: { ...toLinuxResources(resources) } })
    }
    tell(context, await context.store.update(id, { spec }, 'power-loss'), 'update')
    return { warnings }
  })
}
