import { errnoOf } from '../syscall.ts'
import {
  attribute,
  attributeText,
  decodeAttributes,
  listAttributes,
  messageFlags,
  nested,
  textAttribute,
} from './message.ts'
import { describeNatChain, describeRedirect, type PortRedirect } from './describe-redirect.ts'
import { NetlinkSocket, type NetlinkRequest } from './netlink-socket.ts'

export type NetfilterFamily = 'ip' | 'ip6'

const families: Readonly<Record<NetfilterFamily, number>> = { ip: 2, ip6: 10 }
const subsystem = 10 // NFNL_SUBSYS_NFTABLES
const types = {
  batchBegin: 0x10,
  batchEnd: 0x11,
  newTable: 0,
  getTable: 1,
  deleteTable: 2,
  newChain: 3,
  getChain: 4,
  newRule: 6,
  getRule: 7,
  newElement: 12,
  getElement: 13,
  deleteElement: 14,
} as const
const forwardHook = 2
const dropPolicy = 0

/** One element of a set or, with `data`, of a map. Keys and data come from `elementBytes`. */
export interface SetChange {
  readonly change: 'add' | 'delete'
  readonly set: string
  readonly key: Uint8Array
  readonly data?: Uint8Array
}

/** A base chain that decides on forwarded packets. */
export interface ForwardChain {
  readonly family: NetfilterFamily
  readonly table: string
  readonly chain: string
}

/** nftables of one network namespace by nfnetlink: elements of sets and maps that exist already, and tables. */
export class NetfilterSocket {
  readonly #socket: NetlinkSocket

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket
  }

  static open(namespacePath?: string): NetfilterSocket {
    return new NetfilterSocket(NetlinkSocket.open('netfilter', namespacePath))
  }

  /**
   * Changes elements of one table in one transaction: all or none. Adding what is there already is success;
   * a missing element, set or table fails with HOST_SYSTEM_CALL and ENOENT.
   */
  changeElements(family: NetfilterFamily, table: string, changes: readonly SetChange[]): void {
    if (changes.length === 0) return
    this.#batch(
      changes.map((change, at) => ({
        type: (subsystem << 8) | (change.change === 'add' ? types.newElement : types.deleteElement),
        flags:
          messageFlags.request |
          // Errors come for every change, and acknowledgements of hundreds would overflow the receive buffer.
          (at === changes.length - 1 ? messageFlags.acknowledge : 0) |
          (change.change === 'add' ? messageFlags.create : 0),
        payload: Buffer.concat([
          header(families[family]),
          textAttribute(1, table),
          textAttribute(2, change.set),
          nested(3, nested(1, dataAttribute(1, change.key), ...(change.data ? [dataAttribute(2, change.data)] : []))),
        ]),
        subject: `${change.change} of an element of ${change.set} in table ${family} ${table}`,
      })),
    )
  }

  /** Names of the tables of a family. */
  tables(family: NetfilterFamily): string[] {
    return this.#socket
      .dump({
        type: (subsystem << 8) | types.getTable,
        flags: 0,
        payload: header(families[family]),
        subject: `tables of ${family}`,
      })
      .map((message) => attributeText(decodeAttributes(message.payload.subarray(4)).get(1)) ?? '')
  }

  /** The number by which watchers are told what this socket has changed. */
  get port(): number {
    return this.#socket.port
  }

  /** How many rules a table has; none when there is no such table. */
  countRules(family: NetfilterFamily, table: string): number {
    const rules = this.#dumpTable(family, types.getRule, `rules of ${family} ${table}`, [textAttribute(1, table)])
    return rules.filter((attributes) => attributeText(attributes.get(1)) === table).length
  }

  /** How many elements a set has. Undefined when there is no such set. */
  countElements(family: NetfilterFamily, table: string, set: string): number | undefined {
    try {
      const parts = this.#dumpTable(family, types.getElement, `elements of ${set} in ${family} ${table}`, [
        textAttribute(1, table),
        textAttribute(2, set),
      ])
      return parts.reduce((sum, attributes) => sum + listAttributes(attributes.get(3) ?? Buffer.alloc(0)).length, 0)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  #dumpTable(family: NetfilterFamily, type: number, subject: string, attributes: readonly Buffer[]) {
    return this.#socket
      .dump({
        type: (subsystem << 8) | type,
        flags: 0,
        payload: Buffer.concat([header(families[family]), ...attributes]),
        subject,
      })
      .map((message) => decodeAttributes(message.payload.subarray(4)))
  }

  /** Deletes a table with everything in it. A missing one is success. */
  deleteTable(family: NetfilterFamily, table: string): void {
    if (!this.tables(family).includes(table)) return
    this.#batch([
      {
        type: (subsystem << 8) | types.deleteTable,
        flags: messageFlags.request | messageFlags.acknowledge,
        payload: Buffer.concat([header(families[family]), textAttribute(1, table)]),
        subject: `removal of table ${family} ${table}`,
      },
    ])
  }

  /** Replaces a table of IPv4 by one that redirects what this host sends, in one transaction. */
  redirectOutput(table: string, redirects: readonly PortRedirect[]): void {
    const [ip, chain] = [header(families.ip), 'output']
    const add = (type: number, ...parts: readonly Uint8Array[]): NetlinkRequest => ({
      type: (subsystem << 8) | type,
      flags: messageFlags.request | (type === types.deleteTable ? 0 : messageFlags.create | messageFlags.append),
      payload: Buffer.concat([ip, ...parts]),
      subject: `redirection in table ip ${table}`,
    })
    const requests = [
      // So that there is one to delete.
      add(types.newTable, textAttribute(1, table)),
      add(types.deleteTable, textAttribute(1, table)),
      add(types.newTable, textAttribute(1, table)),
      add(types.newChain, describeNatChain(table, chain)),
      ...redirects.map((redirect) => add(types.newRule, describeRedirect(table, chain, redirect))),
    ]
    this.#batch(
      requests.map((request, at) =>
        at === requests.length - 1 ? { ...request, flags: request.flags | messageFlags.acknowledge } : request,
      ),
    )
  }

  /** Chains, of anybody's, that drop forwarded packets unless a rule accepts them. */
  droppingForwardChains(family: NetfilterFamily): ForwardChain[] {
    return this.#socket
      .dump({
        type: (subsystem << 8) | types.getChain,
        flags: 0,
        payload: header(families[family]),
        subject: `chains of ${family}`,
      })
      .flatMap((message) => {
        const attributes = decodeAttributes(message.payload.subarray(4))
        const hook = attributes.get(4)
        const hookNumber = hook === undefined ? undefined : decodeAttributes(hook).get(1)?.readUInt32BE(0)
        const drops = hookNumber === forwardHook && attributes.get(5)?.readUInt32BE(0) === dropPolicy
        if (!drops) return []
        return [
          { family, table: attributeText(attributes.get(1)) ?? '', chain: attributeText(attributes.get(3)) ?? '' },
        ]
      })
  }

  close(): void {
    this.#socket.close()
  }

  #batch(requests: readonly NetlinkRequest[]): void {
    const edge = (type: number): NetlinkRequest => ({
      type,
      flags: messageFlags.request,
      payload: header(0, subsystem),
      subject: 'batch',
    })
    this.#socket.transact([edge(types.batchBegin), ...requests, edge(types.batchEnd)])
  }
}

/**
 * Bytes of a key or of data as the kernel keeps them: each field padded to four bytes. Numbers are given in
 * network order, names of links with `linkNameBytes`.
 */
export function elementBytes(...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => [field, Buffer.alloc(-field.length & 3)]))
}

/** A link's name as nftables compares it: 16 bytes. */
export function linkNameBytes(name: string): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.write(name)
  return bytes
}

/** A port in network order. */
export function portBytes(port: number): Uint8Array {
  return Uint8Array.of(port >> 8, port & 0xff)
}

/** struct nfgenmsg. */
function header(family: number, resource = 0): Buffer {
  return Buffer.from([family, 0, resource >> 8, resource & 0xff])
}

function dataAttribute(type: number, value: Uint8Array): Buffer {
  return nested(type, attribute(1, value))
}
