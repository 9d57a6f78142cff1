import { entryError } from './archive-error.ts'

/**
 * Reads a number of a header: octal digits, or base 256 when the first bit is set (GNU). Undefined when it is
 * neither. Negative numbers exist in base 256 only.
 */
export function readNumber(block: Buffer, at: number, length: number): bigint | undefined {
  const first = block[at] ?? 0
  if (first & 0x80) {
    let value = BigInt.asIntN(7, BigInt(first & 0x7f))
    for (let index = at + 1; index < at + length; index++) value = (value << 8n) | BigInt(block[index] ?? 0)
    return value
  }
  let value = 0
  let index = at
  const end = at + length
  while (index < end && block[index] === 0x20) index++
  for (; index < end; index++) {
    const digit = (block[index] ?? 0) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  for (; index < end; index++) if (block[index] !== 0x20 && block[index] !== 0) return undefined
  return BigInt(value)
}

/** Writes octal digits and a final zero byte. False when the number does not fit. */
export function writeNumber(block: Buffer, at: number, length: number, value: number): boolean {
  if (value < 0 || value >= 8 ** (length - 1)) return false
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  return true
}

/** A decimal number of a pax record; undefined when it is none. */
export function readDecimal(digits: string): bigint | undefined {
  return /^[0-9]{1,20}$/.test(digits) ? BigInt(digits) : undefined
}

/** A size that was read. `entry` is for the error, ARCHIVE_INVALID. */
export function checkSize(size: bigint | undefined, entry: string): number {
  if (size === undefined || size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw entryError('ARCHIVE_INVALID', entry, 'has an invalid header: its size is out of range')
  }
  return Number(size)
}
