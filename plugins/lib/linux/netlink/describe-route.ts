import { addressBytes, parsePrefix } from './address.ts'
import { attribute, u32Attribute } from './message.ts'

/** A route to be; without gateway it lies on the link. */
export interface RouteOptions {
  readonly destination: string
  readonly gateway?: string
  readonly index?: number
}

/** struct rtmsg with its attributes. */
export function describeRoute(route: RouteOptions): Buffer {
  const { address, length } = parsePrefix(route.destination)
  const [mainTable, bootProtocol, linkScope, universeScope, unicast] = [254, 3, 253, 0, 1]
  const header = Buffer.alloc(12) // struct rtmsg
  header.set([address.length === 4 ? 2 : 10, length, 0, 0, mainTable, bootProtocol])
  header.set([route.gateway === undefined && address.length === 4 ? linkScope : universeScope, unicast], 6)
  const parts: Buffer[] = [header]
  if (length > 0) parts.push(attribute(1, address))
  if (route.gateway !== undefined) parts.push(attribute(5, addressBytes(route.gateway)))
  if (route.index !== undefined) parts.push(u32Attribute(4, route.index))
  return Buffer.concat(parts)
}
