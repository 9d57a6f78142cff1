import { codedError } from '@moby/contracts'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { withoutPrefix } from '../networks/addresses.ts'
import { hostnameOf } from '../networks/endpoint-names.ts'
import { readLink } from '../networks/read-link.ts'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'
import { linkEnvironment } from './link-environment.ts'

type LinkContext = Pick<ContainerContext, 'store' | 'networks'>

/** A container that another one links to on the predefined bridge, where no names are answered. */
export interface LinkedContainer {
  readonly container: ContainerRecord
  readonly alias: string
  /** Of the linked container now, without prefix length; none while it does not run. */
  readonly addresses: readonly string[]
}

/** What a container links to, as it is now; links to what is gone are passed over. On other networks links are names. */
export function linkedContainers({ store, networks }: LinkContext, record: ContainerRecord): LinkedContainer[] {
  return record.endpoints.flatMap(({ networkId, spec }) =>
    networks.get(networkId)?.predefined === true
      ? (spec.links ?? []).flatMap((written) => {
          const { ref, alias } = readLink(written)
          const container = store.list().find(({ id, name }) => id === ref || name === ref)
          if (container === undefined) return []
          const live = container.endpoints.find((endpoint) => endpoint.networkId === networkId)?.live
          const addresses = [live?.address ?? '', live?.addressIpv6 ?? ''].filter((address) => address !== '')
          return [{ container, alias, addresses: addresses.map(withoutPrefix) }]
        })
      : [],
  )
}

/** Lines of /etc/hosts for what a container links to. Fails with CONTAINER_STATE when some of it does not run. */
export function linkedHosts(context: LinkContext, record: ContainerRecord): { address: string; names: string[] }[] {
  return linkedContainers(context, record).flatMap((link) => {
    const { container, alias } = link
    if (!isRunning(container)) {
      throw codedError(
        'CONTAINER_STATE',
        `Cannot link to a non running container: /${container.name} AS /${record.name}/${alias}`,
      )
    }
    if (link.addresses.length === 0) {
      throw codedError('CONTAINER_STATE', `Cannot link to /${container.name}, as it is not on the default network`, {
        hint: 'Put both containers on a network of your own, where they find each other by name.',
      })
    }
    return link.addresses.map((address) => ({ address, names: namesOf(link) }))
  })
}

/** Variables that tell a container of what it links to. */
export function linkedEnvironment(context: LinkContext, record: ContainerRecord): string[] {
  return linkedContainers(context, record).flatMap(({ container, alias, addresses: [address] }) =>
    address === undefined
      ? []
      : linkEnvironment({
          name: `/${record.name}/${alias}`,
          alias,
          address,
          ports: container.process.exposedPorts,
          env: container.process.env,
        }),
  )
}

/** A container that starts again may have another address: those that link to it are told of it in their /etc/hosts. */
export function tellLinking(context: ContainerContext, id: string): void {
  for (const record of context.store.all()) {
    if (!isRunning(record)) continue
    const links = linkedContainers(context, record).filter(({ container }) => container.id === id)
    const file = new ContainerPaths(context.folders, record.id).hosts
    if (links.length === 0 || !existsSync(file)) continue
    const before = readFileSync(file, 'utf8')
    const after = links.reduce(withAddresses, before)
    if (after !== before) writeFileSync(file, after)
  }
}

/** Addresses of one family take the place of the old one. */
function withAddresses(hosts: string, link: LinkedContainer): string {
  const names = namesOf(link).join(' ')
  return hosts
    .split('\n')
    .map((line) => {
      const [old = '', rest] = line.split('\t')
      const address = link.addresses.find((each) => each.includes(':') === old.includes(':'))
      return rest === names && address !== undefined ? `${address}\t${rest}` : line
    })
    .join('\n')
}

function namesOf({ container, alias }: LinkedContainer): string[] {
  return [...new Set([alias, hostnameOf(container), container.name])]
}
