import { closeSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { codedError } from '@moby/contracts'
import { declareFunction, lastErrno } from './binding.ts'
import { bind, setsockopt, socket } from './socket-calls.ts'
import { socketAddress } from './socket-inside.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

const listen = declareFunction<(descriptor: number, backlog: number) => number>(
  'int listen(int descriptor, int backlog)',
)
const shutdown = declareFunction<(descriptor: number, how: number) => number>('int shutdown(int descriptor, int how)')

const closeOnExec = 0o2000000
const socketLevel = 1
const reuseAddress = 2

function setOption(descriptor: number, level: number, option: number, value: number): void {
  checked(setsockopt(descriptor, level, option, new Int32Array([value]), 4), 'setsockopt', `socket ${descriptor}`)
}

/**
 * Takes a port of the host for as long as this process holds it, without serving it: others that want to
 * bind it get EADDRINUSE, packets that no rule redirects are refused (TCP) or dropped (UDP).
 * Fails with PORT_IN_USE, or HOST_SYSTEM_CALL with EADDRNOTAVAIL for an address that the host does not have.
 */
export function reservePort(
  protocol: 'tcp' | 'udp',
  ip: string,
  port: number,
): { readonly port: number; release(): void } {
  const family = isIPv6(ip) ? 10 : 2
  const subject = `${protocol} port ${port} of ${ip}`
  const descriptor = checked(socket(family, (protocol === 'tcp' ? 1 : 2) | closeOnExec, 0), 'socket', subject)
  try {
    if (family === 10) setOption(descriptor, 41, 26, 1) // IPV6_V6ONLY
    // With SO_REUSEADDR connections in TIME-WAIT do not count. The short listen makes the kernel check for
    // listeners and marks the port as not shareable; the shutdown leaves the socket bound but deaf.
    if (protocol === 'tcp') setOption(descriptor, socketLevel, reuseAddress, 1)
    const address = socketAddress(ip, port)
    const failed =
      bind(descriptor, address, address.length) === -1 || (protocol === 'tcp' && listen(descriptor, 0) === -1)
    if (failed) {
      const errno = lastErrno()
      if (errnoName(errno) !== 'EADDRINUSE') failSystemCall('bind', errno, subject)
      throw codedError('PORT_IN_USE', `Bind for ${ip}:${port} failed: port is already allocated`, {
        hint: 'Choose another host port, or stop what uses it.',
        details: { protocol, ip, port },
      })
    }
    if (protocol === 'tcp') {
      checked(shutdown(descriptor, 2), 'shutdown', subject)
      setOption(descriptor, socketLevel, reuseAddress, 0)
    }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  let held = true
  return {
    port,
    release() {
      if (held) closeSync(descriptor)
      held = false
    },
  }
}
