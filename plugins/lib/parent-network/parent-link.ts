import { createHash } from 'node:crypto'
import { codedError } from '@moby/contracts'
import { errnoOf, type RouteSocket } from '@moby/lib-linux'

/** A VLAN of a link, as its name tells it: `eth0.10`. */
const vlanName = /^(.+)\.(\d{1,4})$/

/** Name of a link that leads nowhere, for networks without a parent; 15 characters at most. */
export function lonelyName(instanceId: string, networkId: string): string {
  const hash = createHash('sha256').update(networkId).digest('hex').slice(0, 16)
  return `dm${instanceId}${BigInt(`0x${hash}`)
    .toString(36)
    .slice(0, 13 - instanceId.length)}`
}

/**
 * The link that containers share: one that is there, a VLAN of one, or with `lonely` a new one that leads nowhere.
 * Answers its index, and whether it was made. Fails with NETWORK_OPTION_INVALID or HOST_LACKS.
 */
export function raiseParent(
  route: RouteSocket,
  name: string,
  lonely: boolean,
): { readonly index: number; readonly made: boolean } {
  const found = route.linkByName(name)
  if (found !== undefined) return { index: found.index, made: false }
  const index = lonely ? makeLonely(route, name) : makeVlan(route, name)
  route.setUp(index)
  return { index, made: true }
}

function makeLonely(route: RouteSocket, name: string): number {
  try {
    return route.createLink(name, { kind: 'dummy' })
  } catch (error) {
    throw lacks(error, 'dummy', 'a network without parent', 'Give the network a parent: --opt parent=eth0.')
  }
}

function makeVlan(route: RouteSocket, name: string): number {
  const [, master = '', number = ''] = vlanName.exec(name) ?? []
  if (master === '') {
    throw codedError('NETWORK_OPTION_INVALID', `There is no link ${name} on this host that could be a parent`, {
      hint: 'Name one that is there, or a VLAN of it: eth0.10.',
    })
  }
  const below = route.linkByName(master)
  if (below === undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `There is no link ${master} on this host for the VLAN ${name}`, {
      hint: 'See ip link for those that are there.',
    })
  }
  const vlan = Number(number)
  if (vlan < 1 || vlan > 4094) {
    throw codedError('NETWORK_OPTION_INVALID', `The number ${number} of the VLAN ${name} is not from 1 to 4094`)
  }
  try {
    return route.createLink(name, { kind: 'vlan', parent: below.index, vlan })
  } catch (error) {
    throw lacks(error, 'VLAN', `the parent ${name}`, `Name ${master} itself, or load the module 8021q.`)
  }
}

function lacks(error: unknown, kind: string, what: string, hint: string): unknown {
  if (errnoOf(error) !== 'EOPNOTSUPP') return error
  return codedError('HOST_LACKS', `The kernel of this host has no links of the kind ${kind}, which ${what} needs`, {
    hint,
    cause: error,
  })
}
