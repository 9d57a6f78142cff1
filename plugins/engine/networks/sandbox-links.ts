import { existsSync, writeFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { errnoOf, RouteSocket, withNetworkNamespace } from '@moby/lib-linux'
import { codedError, type JoinResult } from '@moby/contracts'
import type { LinkSetting } from './endpoint-sysctls.ts'
import type { Family } from './ways-out.ts'

type Gateways = Pick<JoinResult, 'gateway' | 'gatewayIpv6'>

export interface LinkWish {
  readonly sandboxKey: string
  readonly join: JoinResult
  readonly name: string
  readonly address: string
  readonly addressIpv6: string
  readonly macAddress: string
  /** Further addresses, of the link alone. */
  readonly linkLocal: readonly string[]
  readonly settings: readonly LinkSetting[]
  /** Families whose default route goes out here. */
  readonly leads: readonly Family[]
}

/**
 * Moves the link that a driver made into a sandbox, names it and sets addresses and routes. Strictly synchronous and
 * without a process: a handful of rtnetlink messages. The socket into the host's namespace is kept open.
 */
export class SandboxLinks {
  readonly #host = RouteSocket.open()

  attach(wish: LinkWish): void {
    const { join, sandboxKey, name } = wish
    if (join.link === undefined) return
    if (join.link.placed !== true) this.#move(join.link.source, sandboxKey, name)
    const inside = RouteSocket.open(sandboxKey)
    try {
      const link = inside.linkByName(name)
      if (link === undefined) throw codedError('HOST_SYSTEM_CALL', `the link ${name} is not in ${sandboxKey}`)
      const { index } = link
      if (join.configured === undefined) giveAddresses(inside, index, wish)
      for (const address of wish.linkLocal) inside.addAddress(index, `${address}/${isIPv6(address) ? 64 : 16}`)
      for (const setting of wish.settings) applySetting(sandboxKey, name, setting)
      inside.setUp(index)
      for (const route of join.routes ?? []) {
        inside.addRoute({
          destination: route.destination,
          index,
          ...(route.kind === 'next-hop' && route.nextHop !== undefined ? { gateway: route.nextHop } : {}),
        })
      }
      for (const route of defaultRoutes(index, join, wish.leads)) inside.addRoute(route)
    } finally {
      inside.close()
    }
  }

  #move(source: string, sandboxKey: string, name: string): void {
    const link = this.#host.linkByName(source)
    if (link === undefined) throw codedError('HOST_SYSTEM_CALL', `the network driver made no link ${source}`)
    this.#host.moveToNamespace(link.index, sandboxKey, name)
  }

  /** Has families go out of a sandbox by a link, after the one by which they did has been left. */
  lead(sandboxKey: string, link: string, gateways: Gateways, leads: readonly Family[]): void {
    const inside = RouteSocket.open(sandboxKey)
    try {
      const found = inside.linkByName(link)
      if (found === undefined) return
      for (const route of defaultRoutes(found.index, gateways, leads)) addUnlessThere(inside, route)
    } finally {
      inside.close()
    }
  }

  /** Takes the way out of families away from a link. */
  leadNoMore(sandboxKey: string, link: string, gateways: Gateways, leads: readonly Family[]): void {
    const inside = RouteSocket.open(sandboxKey)
    try {
      const found = inside.linkByName(link)
      if (found === undefined) return
      for (const route of defaultRoutes(found.index, gateways, leads)) inside.removeRoute(route)
    } finally {
      inside.close()
    }
  }

  /** Takes a link out of a sandbox that lives on; its routes go with it. A missing one is success. */
  async detach(sandboxKey: string, link: string): Promise<void> {
    const inside = RouteSocket.open(sandboxKey)
    try {
      const found = inside.linkByName(link)
      if (found !== undefined) await inside.removeLinkInBackground(found.index)
    } finally {
      inside.close()
    }
  }

  /** Prefixes that the host routes: address pools must not cover them. */
  hostPrefixes(): string[] {
    return this.#host
      .routes()
      .map((route) => route.destination)
      .filter((destination) => !destination.endsWith('/0'))
  }

  close(): void {
    this.#host.close()
  }
}

/** On a network without IPv6 the link must not give itself an address of that kind: no firewall rule knows of it. */
function disableIpv6(sandboxKey: string, link: string): void {
  const file = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`
  withNetworkNamespace(sandboxKey, () => {
    if (existsSync(file)) writeFileSync(file, '1')
  })
}

function giveAddresses(inside: RouteSocket, index: number, wish: LinkWish): void {
  if (wish.macAddress !== '') inside.setMac(index, wish.macAddress)
  if (wish.address !== '') inside.addAddress(index, wish.address)
  if (wish.addressIpv6 === '' && !wish.linkLocal.some(isIPv6)) disableIpv6(wish.sandboxKey, wish.name)
  else if (wish.addressIpv6 !== '') inside.addAddress(index, wish.addressIpv6)
}

function applySetting(sandboxKey: string, link: string, { file, value, text }: LinkSetting): void {
  try {
    withNetworkNamespace(sandboxKey, () => writeFileSync(file(link), value))
  } catch (error) {
    throw codedError('CONTAINER_SPEC_INVALID', `The kernel setting ${text} of ${link} was refused: ${errnoOf(error)}`, {
      hint: 'See /proc/sys/net for what the kernel of this host has, and in which range.',
      cause: error,
    })
  }
}

/** An engine that died afterwards had done it. */
function addUnlessThere(socket: RouteSocket, route: ReturnType<typeof defaultRoutes>[number]): void {
  try {
    socket.addRoute(route)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

function defaultRoutes(index: number, { gateway = '', gatewayIpv6 = '' }: Gateways, leads: readonly Family[]) {
  return [
    ...(gateway === '' || !leads.includes('ipv4') ? [] : [{ destination: '0.0.0.0/0', gateway, index }]),
    ...(gatewayIpv6 === '' || !leads.includes('ipv6') ? [] : [{ destination: '::/0', gateway: gatewayIpv6, index }]),
  ]
}
