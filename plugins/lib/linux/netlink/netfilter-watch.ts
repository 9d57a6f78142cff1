import { watchReadable } from '../poll.ts'
import { attributeText, decodeAttributes } from './message.ts'
import { NetlinkSocket } from './netlink-socket.ts'
import type { NetfilterFamily } from './netfilter-socket.ts'

const subsystem = 10 // NFNL_SUBSYS_NFTABLES
const group = 7 // NFNLGRP_NFTABLES
const removals = new Set([2, 5, 8, 11, 14]) // of a table, chain, rule, set, element
const families: Readonly<Record<number, NetfilterFamily>> = { 2: 'ip', 10: 'ip6' }

/** Something of nftables that was removed; `lost` when the kernel had more to tell than could be kept. */
export type NetfilterRemoval = { readonly family: NetfilterFamily; readonly table: string } | 'lost'

/**
 * Tells what anybody removes from the nftables of a network namespace, until `close`. What the socket with the port
 * `own` removes is passed over.
 */
export function watchNetfilter(
  told: (removal: NetfilterRemoval) => void,
  options: { readonly namespacePath?: string | undefined; readonly own: number },
): { close(): void } {
  const socket = NetlinkSocket.open('netfilter', options.namespacePath, [group])
  const watch = watchReadable(socket.descriptor, () => {
    const messages = socket.notifications()
    if (messages === 'lost') return told('lost')
    for (const { type, port, payload } of messages) {
      if (type >> 8 !== subsystem || !removals.has(type & 0xff) || port === options.own) continue
      const family = families[payload[0] ?? 0]
      const table = attributeText(decodeAttributes(payload.subarray(4)).get(1))
      if (family !== undefined && table !== undefined) told({ family, table })
    }
  })
  return {
    close() {
      watch.close()
      socket.close()
    },
  }
}
