import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { closeSync } from 'node:fs'
import { isIPv6, Socket } from 'node:net'
import { openSocketInside } from '@moby/lib-linux/socket-inside'

/** A datagram socket that is not connected yet, of this process's network namespace or of that at a path. */
export function openDatagramSocket(host: string, namespace: string | undefined): DatagramSocket {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  if (namespace === undefined) return socket
  const descriptor = openSocketInside({ namespace, protocol: 'udp', family: isIPv6(host) ? 6 : 4 })
  try {
    return socket.bind({ fd: descriptor, exclusive: true })
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** The same for a stream. */
export function openStreamSocket(host: string, namespace: string | undefined): Socket {
  if (namespace === undefined) return new Socket()
  const descriptor = openSocketInside({ namespace, protocol: 'tcp', family: isIPv6(host) ? 6 : 4 })
  // Node reads from a descriptor at once, which one that is not connected does not allow.
  const options = { fd: descriptor, readable: true, writable: true, manualStart: true }
  try {
    return new Socket(options)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
