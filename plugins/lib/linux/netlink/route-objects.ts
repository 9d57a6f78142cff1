import { addressText } from './address.ts'
import { attributeText, decodeAttributes, type Message } from './message.ts'

/** A network link, from an RTM_NEWLINK message. */
export interface Link {
  readonly index: number
  readonly name: string
  readonly up: boolean
  readonly mtu: number
  /** `02:42:ac:11:00:02` */
  readonly mac?: string
  /** `bridge`, `veth`; absent for hardware. */
  readonly kind?: string
  /** Index of the bridge that it is a port of. */
  readonly master?: number
  /** Index of the other end, in the namespace of that end. */
  readonly peer?: number
}

export interface LinkAddress {
  readonly index: number
  /** `10.1.0.2/16` */
  readonly cidr: string
}

export interface RouteEntry {
  /** `10.1.0.0/16`; the default route is `0.0.0.0/0` or `::/0`. */
  readonly destination: string
  readonly gateway?: string
  /** Absent for routes over several links. */
  readonly index?: number
  readonly table: number
  /** `unicast` are those that lead somewhere; local and broadcast ones stand in the table of the host's own addresses. */
  readonly type: 'unicast' | 'other'
}

export const linkAttributes = {
  mac: 1,
  name: 3,
  mtu: 4,
  link: 5,
  master: 10,
  info: 18,
  namespaceDescriptor: 28,
} as const

/** struct ifinfomsg: family, type, index, flags, change mask. */
export function linkHeader(index: number, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16)
  header.writeInt32LE(index, 4)
  header.writeUInt32LE(flags, 8)
  header.writeUInt32LE(change, 12)
  return header
}

export function decodeLink(message: Message): Link {
  const attributes = decodeAttributes(message.payload.subarray(16))
  const mac = attributes.get(linkAttributes.mac)
  const info = attributes.get(linkAttributes.info)
  const kind = info === undefined ? undefined : attributeText(decodeAttributes(info).get(1))
  const master = attributes.get(linkAttributes.master)?.readUInt32LE(0)
  const peer = attributes.get(linkAttributes.link)?.readUInt32LE(0)
  return {
    index: message.payload.readInt32LE(4),
    name: attributeText(attributes.get(linkAttributes.name)) ?? '',
    up: (message.payload.readUInt32LE(8) & 1) === 1,
    mtu: attributes.get(linkAttributes.mtu)?.readUInt32LE(0) ?? 0,
    ...(mac === undefined ? {} : { mac: mac.toString('hex').replace(/..(?!$)/g, '$&:') }),
    ...(kind === undefined ? {} : { kind }),
    ...(master === undefined ? {} : { master }),
    ...(peer === undefined ? {} : { peer }),
  }
}

/** From struct ifaddrmsg: family, prefix length, flags, scope, index. */
export function decodeAddress(message: Message): LinkAddress {
  const attributes = decodeAttributes(message.payload.subarray(8))
  // IFA_LOCAL is the own address of a point-to-point link, where IFA_ADDRESS is the peer's.
  const address = attributes.get(2) ?? attributes.get(1) ?? Buffer.alloc(4)
  return { index: message.payload.readUInt32LE(4), cidr: `${addressText(address)}/${message.payload[1] ?? 0}` }
}

/** From struct rtmsg: family, destination length, source length, tos, table, protocol, scope, type, flags. */
export function decodeRoute(message: Message): RouteEntry {
  const attributes = decodeAttributes(message.payload.subarray(12))
  const size = message.payload[0] === 2 ? 4 : 16
  const gateway = attributes.get(5)
  const index = attributes.get(4)?.readUInt32LE(0)
  return {
    destination: `${addressText(attributes.get(1) ?? new Uint8Array(size))}/${message.payload[1] ?? 0}`,
    ...(gateway === undefined ? {} : { gateway: addressText(gateway) }),
    ...(index === undefined ? {} : { index }),
    table: attributes.get(15)?.readUInt32LE(0) ?? message.payload[4] ?? 0,
    type: message.payload[7] === 1 ? 'unicast' : 'other',
  }
}
