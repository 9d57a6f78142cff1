import { closeSync, openSync } from 'node:fs'
import { codedError } from '@moby/contracts'
import { errnoOf } from '../syscall.ts'
import { parsePrefix } from './address.ts'
import {
  describeKind,
  describeLink,
  macBytes,
  type ChildOptions,
  type LinkOptions,
  type PeerOptions,
} from './describe-link.ts'
import { describeRoute, type RouteOptions } from './describe-route.ts'
import { attribute, messageFlags, nested, textAttribute, u32Attribute } from './message.ts'
import { NetlinkSocket } from './netlink-socket.ts'
import {
  decodeAddress,
  decodeLink,
  decodeRoute,
  linkAttributes,
  linkHeader,
  type Link,
  type LinkAddress,
  type RouteEntry,
} from './route-objects.ts'

const types = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
} as const

const up = 1
const createNew = messageFlags.create | messageFlags.exclusive

/**
 * Links, addresses and routes of one network namespace by rtnetlink(7). Every method is synchronous, takes
 * some tens of microseconds and fails with HOST_SYSTEM_CALL, details `{errno, subject}`.
 */
export class RouteSocket {
  readonly #socket: NetlinkSocket
  readonly #namespacePath: string | undefined
  #background: NetlinkSocket | undefined
  #removals: Promise<void> = Promise.resolve()

  private constructor(socket: NetlinkSocket, namespacePath: string | undefined) {
    this.#socket = socket
    this.#namespacePath = namespacePath
  }

  /** A socket into the namespace at a path, or into this thread's own; usable from anywhere until `close`. */
  static open(namespacePath?: string): RouteSocket {
    return new RouteSocket(NetlinkSocket.open('route', namespacePath), namespacePath)
  }

  /** Answers the index. */
  createBridge(name: string, options: LinkOptions = {}): number {
    this.#newLink(name, options, nested(linkAttributes.info, textAttribute(1, 'bridge')), `bridge ${name}`)
    return this.#indexOf(name)
  }

  /** Makes a pair of links with one call and answers the index of the first. */
  createVeth(name: string, peerName: string, options: LinkOptions & { readonly peer?: PeerOptions } = {}): number {
    const peer = options.peer ?? {}
    const descriptor = peer.namespacePath === undefined ? undefined : openSync(peer.namespacePath, 'r')
    try {
      const peerParts = [linkHeader(0), ...describeLink(peerName, peer)]
      if (descriptor !== undefined) peerParts.push(u32Attribute(linkAttributes.namespaceDescriptor, descriptor))
      const info = nested(linkAttributes.info, textAttribute(1, 'veth'), nested(2, nested(1, ...peerParts)))
      this.#newLink(name, options, info, `veth ${name}`)
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
    }
    return this.#indexOf(name)
  }

  /** Makes a link that stands on another one, or alone, and answers its index in the namespace where it is. */
  createLink(name: string, options: ChildOptions): number {
    const { namespacePath } = options
    const descriptor = namespacePath === undefined ? undefined : openSync(namespacePath, 'r')
    try {
      const parts = [describeKind(options)]
      if (options.parent !== undefined) parts.push(u32Attribute(linkAttributes.link, options.parent))
      if (descriptor !== undefined) parts.push(u32Attribute(linkAttributes.namespaceDescriptor, descriptor))
      this.#newLink(name, options, Buffer.concat(parts), `${options.kind} ${name}`)
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
    }
    if (namespacePath === undefined) return this.#indexOf(name)
    const inside = RouteSocket.open(namespacePath)
    try {
      return inside.#indexOf(name)
    } finally {
      inside.close()
    }
  }

  /** Whether the kernel has links of a kind that stand on another one; it loads what it has as a module. */
  hasKind(kind: 'macvlan' | 'ipvlan' | 'vlan'): boolean {
    try {
      // Without the link to stand on it is refused in any case, and nothing is made.
      this.#newLink('probe', {}, nested(linkAttributes.info, textAttribute(1, kind)), kind)
      return true
    } catch (error) {
      return errnoOf(error) !== 'EOPNOTSUPP'
    }
  }

  /** Undefined when there is none of that name. */
  linkByName(name: string): Link | undefined {
    try {
      const [answer] = this.#socket.request({
        type: types.getLink,
        flags: 0,
        payload: Buffer.concat([linkHeader(0), textAttribute(linkAttributes.name, name)]),
        subject: `link ${name}`,
      })
      return answer === undefined ? undefined : decodeLink(answer)
    } catch (error) {
      if (errnoOf(error) === 'ENODEV') return undefined
      throw error
    }
  }

  links(): Link[] {
    return this.#socket
      .dump({ type: types.getLink, flags: 0, payload: linkHeader(0), subject: 'links' })
      .map(decodeLink)
  }

  setUp(index: number): void {
    this.#setLink(linkHeader(index, up, up), [], `up of link ${index}`)
  }

  setDown(index: number): void {
    this.#setLink(linkHeader(index, 0, up), [], `down of link ${index}`)
  }

  /** Makes the link a port of a bridge; 0 takes it out. */
  setMaster(index: number, master: number): void {
    this.#setLink(linkHeader(index), [u32Attribute(linkAttributes.master, master)], `master of link ${index}`)
  }

  /**
   * Sets how a bridge treats one of its ports: `isolated` ones do not reach each other, at a `hairpin` one a packet
   * may leave where it came in.
   */
  setPort(index: number, port: { readonly isolated: boolean; readonly hairpin: boolean }): void {
    const [slaveKind, slaveData, hairpin, isolated] = [4, 5, 4, 33]
    const flag = (type: number, value: boolean) => attribute(type, Uint8Array.of(value ? 1 : 0))
    const settings = nested(slaveData, flag(hairpin, port.hairpin), flag(isolated, port.isolated))
    const info = nested(linkAttributes.info, textAttribute(slaveKind, 'bridge'), settings)
    this.#setLink(linkHeader(index), [info], `settings of port ${index}`)
  }

  /** Moves a link into the namespace at a path, there under another name if one is given. */
  moveToNamespace(index: number, path: string, name?: string): void {
    const descriptor = openSync(path, 'r')
    try {
      const attributes = [u32Attribute(linkAttributes.namespaceDescriptor, descriptor)]
      if (name !== undefined) attributes.push(textAttribute(linkAttributes.name, name))
      this.#setLink(linkHeader(index), attributes, `move of link ${index} to ${path}`)
    } finally {
      closeSync(descriptor)
    }
  }

  rename(index: number, name: string): void {
    this.#setLink(linkHeader(index), [textAttribute(linkAttributes.name, name)], `name ${name} of link ${index}`)
  }

  setMac(index: number, mac: string): void {
    this.#setLink(linkHeader(index), [attribute(linkAttributes.mac, macBytes(mac))], `address ${mac} of link ${index}`)
  }

  setMtu(index: number, mtu: number): void {
    this.#setLink(linkHeader(index), [u32Attribute(linkAttributes.mtu, mtu)], `MTU ${mtu} of link ${index}`)
  }

  /** Gives a link an address, `10.1.0.2/16`. One that it has already is success. IPv6 is usable at once. */
  addAddress(index: number, cidr: string): void {
    this.#changeAddress(types.newAddress, messageFlags.create | messageFlags.replace, index, cidr)
  }

  removeAddress(index: number, cidr: string): void {
    this.#changeAddress(types.deleteAddress, 0, index, cidr)
  }

  /** Fails with EEXIST when the destination has a route of the same kind. Without gateway it lies on the link. */
  addRoute(route: RouteOptions): void {
    this.#socket.request({
      type: types.newRoute,
      flags: createNew,
      payload: describeRoute(route),
      subject: `route to ${route.destination}${route.gateway === undefined ? '' : ` by ${route.gateway}`}`,
    })
  }

  /** Removes a route. A missing one is success. */
  removeRoute(route: RouteOptions): void {
    try {
      this.#socket.request({
        type: types.deleteRoute,
        flags: 0,
        payload: describeRoute(route),
        subject: `removal of the route to ${route.destination}`,
      })
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error
    }
  }

  /** Removes a link, of a veth pair both. A missing one is success. Takes some 20 ms: the kernel waits for readers. */
  removeLink(index: number): void {
    try {
      this.#socket.request(removal(index))
    } catch (error) {
      if (errnoOf(error) !== 'ENODEV') throw error
    }
  }

  /** Like `removeLink`, without holding the event loop. Removals go one after the other. */
  removeLinkInBackground(index: number): Promise<void> {
    const removed = this.#removeAfter(this.#removals, index)
    this.#removals = removed.catch(() => undefined)
    return removed
  }

  /** Routes of all tables and both families. */
  routes(): RouteEntry[] {
    return this.#socket
      .dump({ type: types.getRoute, flags: 0, payload: Buffer.alloc(12), subject: 'routes' })
      .filter((message) => message.type === types.newRoute && (message.payload[0] === 2 || message.payload[0] === 10))
      .map(decodeRoute)
  }

  /** Addresses of all links and both families. */
  addresses(): LinkAddress[] {
    return this.#socket
      .dump({ type: types.getAddress, flags: 0, payload: Buffer.alloc(8), subject: 'addresses' })
      .filter((message) => message.payload[0] === 2 || message.payload[0] === 10)
      .map(decodeAddress)
  }

  /** Links that are being removed in the background must have gone by then. */
  close(): void {
    this.#socket.close()
    this.#background?.close()
  }

  #newLink(name: string, options: LinkOptions, info: Buffer, subject: string): void {
    const flags = options.up ? up : 0
    this.#socket.request({
      type: types.newLink,
      flags: createNew,
      payload: Buffer.concat([linkHeader(0, flags, flags), ...describeLink(name, options), info]),
      subject,
    })
  }

  async #removeAfter(earlier: Promise<void>, index: number): Promise<void> {
    await earlier
    this.#background ??= NetlinkSocket.open('route', this.#namespacePath)
    try {
      await this.#background.requestInBackground(removal(index))
    } catch (error) {
      if (errnoOf(error) !== 'ENODEV') throw error
    }
  }

  #setLink(header: Buffer, attributes: readonly Buffer[], subject: string): void {
    // RTM_NEWLINK without create changes a link and, unlike RTM_SETLINK, refuses what it does not know.
    this.#socket.request({ type: types.newLink, flags: 0, payload: Buffer.concat([header, ...attributes]), subject })
  }

  #changeAddress(type: number, flags: number, index: number, cidr: string): void {
    const { address, length } = parsePrefix(cidr)
    const [local, broadcast, noDuplicateDetection] = [2, 4, 0x02]
    const isV4 = address.length === 4
    const header = Buffer.alloc(8) // struct ifaddrmsg
    header.set([isV4 ? 2 : 10, length, isV4 ? 0 : noDuplicateDetection, 0])
    header.writeUInt32LE(index, 4)
    const parts: Buffer[] = [header, attribute(1, address), attribute(local, address)]
    if (isV4 && length < 31 && type === types.newAddress) parts.push(attribute(broadcast, lastAddress(address, length)))
    this.#socket.request({
      type,
      flags,
      payload: Buffer.concat(parts),
      subject: `address ${cidr} of link ${index}`,
    })
  }

  #indexOf(name: string): number {
    const link = this.linkByName(name)
    if (link === undefined) throw codedError('HOST_SYSTEM_CALL', `Link ${name} vanished while it was being made`)
    return link.index
  }
}

function removal(index: number) {
  return { type: types.deleteLink, flags: 0, payload: linkHeader(index), subject: `removal of link ${index}` }
}

function lastAddress(address: Uint8Array, length: number): Uint8Array {
  return address.map((byte, at) => byte | (0xff >> Math.min(8, Math.max(0, length - at * 8))))
}
