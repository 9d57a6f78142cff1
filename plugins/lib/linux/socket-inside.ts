import { closeSync } from 'node:fs'
import { addressBytes } from './netlink/address.ts'
import { withNetworkNamespace } from './namespace.ts'
import { bind, setsockopt, socket } from './socket-calls.ts'
import { checked } from './syscall.ts'

const [closeOnExec, nonBlocking] = [0o2000000, 0o4000]
const [socketLevel, reuseAddress] = [1, 2]

export interface InsideSocket {
  /** Path of the network namespace. */
  readonly namespace: string
  readonly protocol: 'udp' | 'tcp'
  readonly family: 4 | 6
  /** Where it is bound; absent: not yet. Port 0: any. */
  readonly at?: { readonly address: string; readonly port: number }
}

/**
 * Opens a socket that belongs to another network namespace, for Node's own sockets to adopt by its descriptor. Fails
 * with HOST_SYSTEM_CALL, EADDRINUSE for a port that is taken.
 */
export function openSocketInside({ namespace, protocol, family, at }: InsideSocket): number {
  const subject = `a ${protocol} socket in ${namespace}`
  return withNetworkNamespace(namespace, () => {
    const type = (protocol === 'tcp' ? 1 : 2) | closeOnExec | nonBlocking
    const descriptor = checked(socket(family === 4 ? 2 : 10, type, 0), 'socket', subject)
    if (at === undefined) return descriptor
    try {
      // Connections that an earlier process had do not count.
      if (protocol === 'tcp') {
        checked(setsockopt(descriptor, socketLevel, reuseAddress, new Int32Array([1]), 4), 'setsockopt', subject)
      }
      const address = socketAddress(at.address, at.port)
      checked(bind(descriptor, address, address.length), 'bind', subject)
      return descriptor
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  })
}

/** struct sockaddr_in or sockaddr_in6. */
export function socketAddress(ip: string, port: number): Uint8Array {
  const bytes = addressBytes(ip)
  const address = Buffer.alloc(bytes.length === 4 ? 16 : 28)
  address.writeUInt16LE(bytes.length === 4 ? 2 : 10, 0)
  address.writeUInt16BE(port, 2)
  address.set(bytes, bytes.length === 4 ? 4 : 8)
  return address
}
