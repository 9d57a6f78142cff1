/** Forms in which protobuf writes members. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** The byte before a member that is a number. */
export const varintTag = (number: number): number => (number << 3) | wire.varint

/** The byte before a member that has a length. */
export const bytesTag = (number: number): number => (number << 3) | wire.bytes
