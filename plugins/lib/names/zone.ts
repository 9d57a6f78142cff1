import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { encodeName, recordTypes, responseCodes, type AnswerRecord, type Query } from './dns-message.ts'

/** What the name server knows of one network: the content of its state file. */
export interface ZoneState {
  readonly networkId: string
  /** Addresses of the host on which the network asks. */
  readonly listen: readonly string[]
  /** `10.1.0.0/16` */
  readonly subnets: readonly string[]
  /** Names in lower case with all their addresses. */
  readonly names: readonly (readonly [name: string, addresses: readonly string[]])[]
  /** Names that only some have for others: they come before those of everybody. Askers are addresses or sandboxes. */
  readonly links?: readonly NameForSome[]
  readonly upstream: readonly string[]
  /** The names of addresses; absent: those of `names`. */
  readonly reverse?: readonly (readonly [address: string, names: readonly string[]])[]
}

interface NameForSome {
  readonly name: string
  readonly addresses: readonly string[]
  readonly askers: readonly string[]
}

/** `forward`: the name servers of the host are asked. */
export type ZoneAnswer = { readonly code: number; readonly records: readonly AnswerRecord[] } | 'forward'

/** The names of one network. Several addresses of a name take turns at the front. */
export class Zone {
  readonly state: ZoneState
  readonly #names: ReadonlyMap<string, readonly string[]>
  readonly #reverse = new Map<string, string[]>()
  readonly #subnets = new BlockList()
  #turn = 0

  constructor(state: ZoneState) {
    this.state = state
    this.#names = new Map(state.names)
    const pairs = state.names.flatMap(([name, addresses]) => addresses.map((address) => [address, [name]] as const))
    for (const [address, names] of state.reverse ?? pairs) {
      const pointer = pointerName(address)
      this.#reverse.set(pointer, [...(this.#reverse.get(pointer) ?? []), ...names])
    }
    for (const subnet of state.subnets) {
      const [base = '', length = ''] = subnet.split('/')
      this.#subnets.addSubnet(base, Number(length), isIPv4(base) ? 'ipv4' : 'ipv6')
    }
  }

  /** Whether an address lies in the network: nobody else is answered. */
  covers(address: string): boolean {
    return this.#subnets.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }

  answer(query: Query, from = ''): ZoneAnswer {
    const records = this.find(query, from)
    if (records !== undefined) return { code: responseCodes.success, records }
    if (this.ownsPointer(query.name)) return { code: responseCodes.nameError, records: [] }
    return this.state.upstream.length > 0 ? 'forward' : unknownName(query)
  }

  /** Records of a name; none for one that has others, undefined for one that is not known. */
  find(query: Query, from = ''): AnswerRecord[] | undefined {
    const links = this.state.links?.filter(({ name, askers }) => name === query.name && askers.includes(from)) ?? []
    const addresses = links.length > 0 ? links.flatMap((link) => link.addresses) : this.#names.get(query.name)
    if (addresses !== undefined) return this.#takeTurns(addressRecords(query.type, addresses))
    const names = this.#reverse.get(query.name)
    return query.type === recordTypes.ptr ? names?.flatMap(pointerRecord) : names && []
  }

  /** Whether a name stands for an address of the network: nobody else knows of those. */
  ownsPointer(name: string): boolean {
    const own = addressOfPointer(name)
    return own !== undefined && this.covers(own)
  }

  #takeTurns(records: readonly AnswerRecord[]): AnswerRecord[] {
    const first = records.length === 0 ? 0 : this.#turn++ % records.length
    return [...records.slice(first), ...records.slice(0, first)]
  }
}

/** Where nobody can be asked. */
export function unknownName({ name }: Query): { code: number; records: readonly AnswerRecord[] } {
  return { code: name.includes('.') ? responseCodes.serverFailure : responseCodes.nameError, records: [] }
}

function addressRecords(type: number, addresses: readonly string[]): AnswerRecord[] {
  if (type === recordTypes.a) return addresses.filter(isIPv4).map((address) => ({ type, data: v4Bytes(address) }))
  if (type === recordTypes.aaaa) return addresses.filter(isIPv6).map((address) => ({ type, data: v6Bytes(address) }))
  return []
}

function pointerRecord(name: string): AnswerRecord[] {
  const data = encodeName(name)
  return data === undefined ? [] : [{ type: recordTypes.ptr, data }]
}

function pointerName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`
  const digits = [...v6Bytes(address)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${[...digits].toReversed().join('.')}.ip6.arpa`
}

function addressOfPointer(name: string): string | undefined {
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\.in-addr\.arpa$/.exec(name)?.[1]
  if (v4 !== undefined) {
    const address = v4.split('.').toReversed().join('.')
    return isIPv4(address) ? address : undefined
  }
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1]
  if (v6 === undefined) return undefined
  const digits = v6.replaceAll('.', '').split('').toReversed().join('')
  return digits.replace(/....(?!$)/g, '$&:')
}

function v4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number)
}

/** Of the text forms that URL parsing yields, so that this file needs nothing but Node. */
function v6Bytes(address: string): Uint8Array {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const words = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'))
  const front = words(head)
  const back = words(tail)
  const all = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
  return Uint8Array.from(all.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]))
}
