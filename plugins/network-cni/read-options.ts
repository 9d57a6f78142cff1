import { codedError } from '@moby/contracts'

/** Keys under which Docker repeats what the request says in fields of its own. */
const repeated = new Set([
  'com.docker.network.generic',
  'com.docker.network.internal',
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
])

/** Name of the CNI network that a network stands for, its own unless the option `conflist` says another. */
export function readNetworkName(name: string, options: Readonly<Record<string, unknown>>): string {
  const generic = options['com.docker.network.generic']
  const all = { ...options, ...(typeof generic === 'object' && generic !== null ? generic : {}) }
  const unknown = Object.keys(all).find((key) => key !== 'conflist' && !repeated.has(key))
  if (unknown !== undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver cni has no option ${unknown}`, {
      hint: 'It has conflist, the name of a network in its folder; all else stands in the configuration there.',
    })
  }
  return all['conflist'] === undefined || all['conflist'] === '' ? name : String(all['conflist'])
}

const portsInOptions = new Set(['com.docker.network.endpoint.exposedports', 'com.docker.network.portmap'])

/** An endpoint has no options of its own. */
export function refuseEndpointOptions(endpointId: string, options: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(options).find((key) => !portsInOptions.has(key))
  if (unknown === undefined) return
  throw codedError('NETWORK_OPTION_INVALID', `Endpoint ${endpointId}: the driver cni has no option ${unknown}`)
}
