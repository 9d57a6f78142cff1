import { codedError } from '@moby/contracts'
import { attribute, nested, textAttribute, u32Attribute } from './message.ts'
import { linkAttributes } from './route-objects.ts'

/** What can be given to a link when it is made. */
export interface LinkOptions {
  readonly mac?: string
  readonly mtu?: number
  readonly up?: boolean
  /** Index of a bridge. */
  readonly master?: number
}

/** The other end of a veth pair, which is always made down: the kernel cannot raise it before its first end exists. */
export interface PeerOptions extends Omit<LinkOptions, 'master' | 'up'> {
  /** Makes the end in the namespace at this path, which spares the slow move. */
  readonly namespacePath?: string
}

/** A link that stands on another one, `parent`; `dummy` leads nowhere and stands alone. */
export type ChildOptions = Omit<LinkOptions, 'master'> & {
  readonly parent?: number
  /** Makes it in the namespace at this path. */
  readonly namespacePath?: string
} & (
    | { readonly kind: 'dummy' }
    | { readonly kind: 'vlan'; readonly vlan: number }
    | { readonly kind: 'macvlan'; readonly mode: number }
    | { readonly kind: 'ipvlan'; readonly mode: number; readonly flag: number }
  )

/** IFLA_LINKINFO with the settings of the kind, by <linux/if_link.h>. */
export function describeKind(options: ChildOptions): Buffer {
  const kind = textAttribute(1, options.kind)
  const [mode, flags, vlanId, data] = [1, 2, 1, 2]
  if (options.kind === 'dummy') return nested(linkAttributes.info, kind)
  if (options.kind === 'vlan') return nested(linkAttributes.info, kind, nested(data, u16(vlanId, options.vlan)))
  if (options.kind === 'macvlan')
    return nested(linkAttributes.info, kind, nested(data, u32Attribute(mode, options.mode)))
  return nested(linkAttributes.info, kind, nested(data, u16(mode, options.mode), u16(flags, options.flag)))
}

function u16(type: number, value: number): Buffer {
  return attribute(type, Uint8Array.of(value & 0xff, value >> 8))
}

/** What all links can be given. */
export function describeLink(name: string, options: LinkOptions): Buffer[] {
  const attributes = [textAttribute(linkAttributes.name, name)]
  if (options.mac !== undefined) attributes.push(attribute(linkAttributes.mac, macBytes(options.mac)))
  if (options.mtu !== undefined) attributes.push(u32Attribute(linkAttributes.mtu, options.mtu))
  if (options.master !== undefined) attributes.push(u32Attribute(linkAttributes.master, options.master))
  return attributes
}

/** Fails with ADDRESS_INVALID. */
export function macBytes(mac: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) {
    throw codedError('ADDRESS_INVALID', `'${mac}' is not a MAC address`)
  }
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}
