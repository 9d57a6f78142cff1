import { addressBytes } from './address.ts'
import { attribute, nested, textAttribute } from './message.ts'

/** What leaves for a port of an IPv4 address of this host goes to another port of the same address. */
export interface PortRedirect {
  readonly protocol: 'udp' | 'tcp'
  readonly address: string
  readonly port: number
  readonly toPort: number
}

const base = { network: 1, transport: 2 } as const
const registers = { first: 1, second: 2 } as const
const protocolNumbers = { tcp: 6, udp: 17 } as const

/** Attributes of a base chain of the type nat, for what this host sends itself (priority dstnat). */
export function describeNatChain(table: string, chain: string): Buffer {
  const [localOut, priority] = [3, -100]
  return Buffer.concat([
    textAttribute(1, table),
    textAttribute(3, chain),
    nested(4, number(1, localOut), number(2, priority)),
    textAttribute(7, 'nat'),
  ])
}

/** Attributes of the rule (nft(8): `ip daddr ADDRESS PROTOCOL dport PORT dnat to ADDRESS:TOPORT`). */
export function describeRedirect(table: string, chain: string, redirect: PortRedirect): Buffer {
  const { protocol, address, port, toPort } = redirect
  const [destinationAddress, destinationPort] = [16, 2]
  const [layer4Protocol, destinationNat, ipv4] = [16, 1, 2]
  return Buffer.concat([
    textAttribute(1, table),
    textAttribute(2, chain),
    nested(
      4,
      expression('payload', ...load(base.network, destinationAddress, 4)),
      expression('cmp', ...equals(addressBytes(address))),
      expression('meta', number(1, registers.first), number(2, layer4Protocol)),
      expression('cmp', ...equals(Uint8Array.of(protocolNumbers[protocol]))),
      expression('payload', ...load(base.transport, destinationPort, 2)),
      expression('cmp', ...equals(portNumber(port))),
      expression('immediate', number(1, registers.first), nested(2, attribute(1, addressBytes(address)))),
      expression('immediate', number(1, registers.second), nested(2, attribute(1, portNumber(toPort)))),
      expression(
        'nat',
        number(1, destinationNat),
        number(2, ipv4),
        number(3, registers.first),
        number(5, registers.second),
      ),
    ),
  ])
}

function expression(name: string, ...attributes: readonly Buffer[]): Buffer {
  return nested(1, textAttribute(1, name), nested(2, ...attributes))
}

function load(from: number, offset: number, length: number): Buffer[] {
  return [number(1, registers.first), number(2, from), number(3, offset), number(4, length)]
}

function equals(value: Uint8Array): Buffer[] {
  return [number(1, registers.first), number(2, 0), nested(3, attribute(1, value))]
}

/** A number in network order, as all of nftables. */
function number(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return attribute(type, bytes)
}

function portNumber(port: number): Uint8Array {
  return Uint8Array.of(port >> 8, port & 0xff)
}
