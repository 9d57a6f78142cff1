import { codedError } from '@moby/contracts'

/** The two kinds of links that share another one. */
export type ChildKind = 'macvlan' | 'ipvlan'

/** What the options of a network ask for. */
export interface ParentOptions {
  /** Link of the host, or `eth0.10` for a VLAN of one; absent: a link that leads nowhere. */
  readonly parent?: string
  readonly mode: string
  /** How containers on one ipvlan parent see each other. */
  readonly flag?: string
  readonly mtu?: number
}

const parentOption = 'parent'
const mtuOption = 'com.docker.network.driver.mtu'

/** Modes and flags with their numbers in <linux/if_link.h>. */
export const childModes = {
  macvlan: { private: 1, vepa: 2, bridge: 4, passthru: 8 },
  ipvlan: { l2: 0, l3: 1, l3s: 2 },
} as const satisfies Record<ChildKind, Record<string, number>>

export const ipvlanFlags: Readonly<Record<string, number>> = { bridge: 0, private: 1, vepa: 2 }

const defaultModes = { macvlan: 'bridge', ipvlan: 'l2' } as const

/** Keys under which Docker repeats what the request says in fields of its own. */
const repeated = new Set([
  'com.docker.network.generic',
  'com.docker.network.internal',
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
])

/** Fails with NETWORK_OPTION_INVALID for an unknown option or a value that cannot be. */
export function readParentOptions(
  kind: ChildKind,
  name: string,
  options: Readonly<Record<string, unknown>>,
): ParentOptions {
  const generic = options['com.docker.network.generic']
  const all = { ...options, ...(typeof generic === 'object' && generic !== null ? generic : {}) }
  const modeOption = `${kind}_mode`
  const known = [parentOption, modeOption, ...(kind === 'ipvlan' ? ['ipvlan_flag'] : []), mtuOption]
  const unknown = Object.keys(all).find((key) => !known.includes(key) && !repeated.has(key))
  if (unknown !== undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `Network ${name}: the driver ${kind} has no option ${unknown}`, {
      hint: `It has ${known.join(', ')}.`,
    })
  }
  const text = (key: string) => (all[key] === undefined ? '' : String(all[key]))
  const parent = text(parentOption)
  const flag = text('ipvlan_flag')
  return {
    ...(parent === '' ? {} : { parent: checkParent(parent) }),
    mode: oneOf(modeOption, text(modeOption) || defaultModes[kind], childModes[kind]),
    ...(flag === '' ? {} : { flag: oneOf('ipvlan_flag', flag, ipvlanFlags) }),
    ...(text(mtuOption) === '' ? {} : { mtu: readMtu(text(mtuOption)) }),
  }
}

function checkParent(value: string): string {
  if (value === 'lo') refuse(parentOption, value, 'another link than the loopback')
  if (!/^[^\s/:]{1,15}$/.test(value) || value === '.' || value === '..') {
    refuse(parentOption, value, 'the name of a link of the host')
  }
  return value
}

function oneOf(key: string, value: string, known: Readonly<Record<string, number>>): string {
  if (!Object.hasOwn(known, value)) refuse(key, value, Object.keys(known).join(', '))
  return value
}

function readMtu(value: string): number {
  const mtu = Number(value)
  if (!/^\d+$/.test(value) || mtu < 68 || mtu > 65_535) refuse(mtuOption, value, 'a number from 68 to 65535')
  return mtu
}

function refuse(key: string, value: string, expected: string): never {
  throw codedError('NETWORK_OPTION_INVALID', `The network option ${key} cannot be '${value}'`, {
    hint: `Give it ${expected}.`,
  })
}
