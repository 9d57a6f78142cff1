import { codedError, hasCode, type PortBinding } from '@moby/contracts'
import { reservePort } from '@moby/lib-linux'

/** One entry of the capability `portMappings`. */
export interface PortMapping {
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: string
  readonly hostIP?: string
}

const dynamic = { first: 49_152, last: 65_535 }

/** Bindings with a port of the host each: the one asked for, or a free one. Fails with PORT_IN_USE. */
export function chooseHostPorts(bindings: readonly PortBinding[]): PortBinding[] {
  const taken = new Set<string>()
  return bindings.map((binding) => {
    const first = binding.hostPort ?? 0
    const [low, high] = first > 0 ? [first, Math.max(first, binding.hostPortEnd ?? 0)] : [dynamic.first, dynamic.last]
    for (let port = low; port <= high; port++) {
      const key = `${binding.protocol} ${port}`
      if (taken.has(key) || !isFree(binding, port)) continue
      taken.add(key)
      const { hostPortEnd: _range, ...rest } = binding
      return { ...rest, hostPort: port }
    }
    throw codedError(
      'PORT_IN_USE',
      `Bind for ${binding.hostIp ?? '0.0.0.0'}:${first} failed: port is already allocated`,
      {
        hint: 'Choose another host port, or stop what uses it.',
      },
    )
  })
}

export function toMappings(bindings: readonly PortBinding[]): PortMapping[] {
  return bindings.map(({ protocol, containerPort, hostPort = 0, hostIp = '' }) => ({
    hostPort,
    containerPort,
    protocol,
    ...(hostIp === '' ? {} : { hostIP: hostIp }),
  }))
}

/** The kernel may have no SCTP sockets to try it with; the plugin's rule alone does it then. */
function isFree({ protocol, hostIp = '' }: PortBinding, port: number): boolean {
  if (protocol === 'sctp') return true
  try {
    reservePort(protocol, hostIp === '' ? '0.0.0.0' : hostIp, port).release()
    return true
  } catch (error) {
    if (hasCode(error, 'PORT_IN_USE')) return false
    throw error
  }
}
