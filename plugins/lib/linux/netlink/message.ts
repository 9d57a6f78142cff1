/** Parts of netlink messages (netlink(7)): all integers little endian, all attributes padded to 4 bytes. */

export const messageFlags = {
  request: 0x1,
  acknowledge: 0x4,
  echo: 0x8,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const

const nestedFlag = 0x8000
const typeMask = 0x3fff
const headerLength = 16

const align = (length: number) => (length + 3) & ~3

export interface Message {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  /** Of the socket that asked for it; 0 for what nobody asked for. */
  readonly port: number
  /** All after the header. */
  readonly payload: Buffer
}

/** struct nlmsghdr and its payload. */
export function encodeMessage(type: number, flags: number, sequence: number, payload: Uint8Array): Buffer {
  const message = Buffer.alloc(align(headerLength + payload.length))
  message.writeUInt32LE(headerLength + payload.length, 0)
  message.writeUInt16LE(type, 4)
  message.writeUInt16LE(flags, 6)
  message.writeUInt32LE(sequence, 8)
  message.set(payload, headerLength)
  return message
}

/** The messages of one datagram. */
export function decodeMessages(datagram: Buffer): Message[] {
  const messages: Message[] = []
  let at = 0
  while (at + headerLength <= datagram.length) {
    const length = datagram.readUInt32LE(at)
    if (length < headerLength || at + length > datagram.length) break
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      port: datagram.readUInt32LE(at + 12),
      payload: datagram.subarray(at + headerLength, at + length),
    })
    at += align(length)
  }
  return messages
}

/** One attribute (struct nlattr) with its padding. */
export function attribute(type: number, value: Uint8Array): Buffer {
  const encoded = Buffer.alloc(align(4 + value.length))
  encoded.writeUInt16LE(4 + value.length, 0)
  encoded.writeUInt16LE(type, 2)
  encoded.set(value, 4)
  return encoded
}

export function nested(type: number, ...parts: Uint8Array[]): Buffer {
  return attribute(type | nestedFlag, Buffer.concat(parts))
}

/** A text with its final zero. */
export function textAttribute(type: number, text: string): Buffer {
  return attribute(type, Buffer.from(`${text}\0`))
}

export function u32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return attribute(type, bytes)
}

/** Attributes by type; of one that repeats the last. */
export function decodeAttributes(bytes: Buffer): Map<number, Buffer> {
  return new Map(listAttributes(bytes))
}

/** Attributes in order, for lists. */
export function listAttributes(bytes: Buffer): [type: number, value: Buffer][] {
  const attributes: [number, Buffer][] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16LE(at)
    if (length < 4 || at + length > bytes.length) break
    attributes.push([bytes.readUInt16LE(at + 2) & typeMask, bytes.subarray(at + 4, at + length)])
    at += align(length)
  }
  return attributes
}

/** The text of an attribute up to its final zero. */
export function attributeText(value: Buffer | undefined): string | undefined {
  if (value === undefined) return undefined
  const end = value.indexOf(0)
  return value.toString('utf8', 0, end === -1 ? value.length : end)
}
