import { codedError } from '@moby/contracts'
import { withoutPrefix } from '../networks/addresses.ts'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'

/** Lines of /etc/hosts for `--link name:alias`: the linked containers as they are at the start of this one. */
export function linkedHosts(
  context: Pick<ContainerContext, 'store'>,
  record: ContainerRecord,
): { address: string; names: string[] }[] {
  return record.endpoints.flatMap(({ networkId, spec }) =>
    (spec.links ?? []).flatMap((link) => {
      const [ref = '', alias = ref] = link.split(':')
      const other = context.store.find(ref)
      if (!isRunning(other)) {
        throw codedError(
          'CONTAINER_STATE',
          `Cannot link to a non running container: /${other.name} AS /${record.name}/${alias}`,
        )
      }
      const address = other.endpoints.find((endpoint) => endpoint.networkId === networkId)?.live?.address ?? ''
      return address === ''
        ? []
        : [{ address: withoutPrefix(address), names: [alias, other.id.slice(0, 12), other.name] }]
    }),
  )
}
