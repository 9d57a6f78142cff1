import { placeError } from './archive-error.ts'
import { sparsePrefix } from './sparse-form.ts'

/** Key of a pax record that carries an extended attribute, before its name. */
export const xattrPrefix = 'SCHILY.xattr.'

const fragmentKeys = [`${sparsePrefix}offset`, `${sparsePrefix}numbytes`]

/**
 * Reads the records of a pax extended header, `length key=value\n` each (POSIX.1-2001, pax). Keys and values are
 * byte strings. An empty value means "not set", but for extended attributes, which may be empty. The fragments of a
 * sparse file of version 0.0, a pair of records each, become one record as version 0.1 has it.
 */
export function readPax(content: Buffer, offset: number): Map<string, string> {
  const records = new Map<string, string>()
  const fragments: string[] = []
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(0x20, at)
    const digits = space === -1 ? '' : content.toString('latin1', at, space)
    const length = /^[0-9]{1,8}$/.test(digits) ? Number(digits) : 0
    const equals = space === -1 ? -1 : content.indexOf(0x3d, space)
    const end = at + length
    if (length < 5 || end > content.length || content[end - 1] !== 0x0a || equals === -1 || equals >= end) {
      throw placeError('ARCHIVE_INVALID', offset + at, 'has an extended header that cannot be read')
    }
    const key = content.toString('latin1', space + 1, equals)
    const value = content.toString('latin1', equals + 1, end - 1)
    const part = fragmentKeys.indexOf(key)
    if (part !== -1) {
      if (fragments.length % 2 !== part || value.includes(',')) {
        throw placeError('ARCHIVE_INVALID', offset + at, 'has a map of a sparse file that cannot be read')
      }
      fragments.push(value)
    } else if (value === '' && !key.startsWith(xattrPrefix)) records.delete(key)
    else records.set(key, value)
    at = end
  }
  if (fragments.length > 0) records.set(`${sparsePrefix}map`, fragments.join(','))
  return records
}

/** The bytes of one record; the length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length + 1
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length
  return `${length}${rest}`
}

/** Nanoseconds of a pax time, `-12.5`; undefined when it is none. Digits beyond nanoseconds are dropped. */
export function readPaxTime(text: string): bigint | undefined {
  const [, sign, seconds, fraction = ''] = /^(-?)([0-9]{1,18})(?:\.([0-9]*))?$/.exec(text) ?? []
  if (seconds === undefined) return undefined
  const time = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return sign === '-' ? -time : time
}

export function formatPaxTime(time: bigint): string {
  const size = time < 0n ? -time : time
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${time < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}
