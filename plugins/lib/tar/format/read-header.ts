import { entryError, placeError } from './archive-error.ts'
import type { EntryType, TarEntry } from './entry.ts'
import { checkSize, readDecimal, readNumber } from './number-field.ts'
import { readPaxTime, xattrPrefix } from './pax.ts'
import { sparsePrefix } from './sparse-form.ts'

/** A header block, before what extended headers say about it. */
export interface RawHeader {
  readonly block: Buffer
  readonly typeFlag: string
  readonly name: string
  readonly size: number
  readonly offset: number
}

/** What came before a header and applies to it. */
export interface Extensions {
  readonly pax: ReadonlyMap<string, string>
  readonly longName: string | undefined
  readonly longLink: string | undefined
}

const types: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
}

/** Checks a header block and reads what decides how to go on. The block is kept, not copied. */
export function readHeader(block: Buffer, offset: number): RawHeader {
  const stored = readNumber(block, 148, 8)
  let unsigned = 8 * 0x20
  let signed = unsigned
  for (let index = 0; index < block.length; index++) {
    if (index >= 148 && index < 156) continue
    const byte = block[index] ?? 0
    unsigned += byte
    signed += (byte << 24) >> 24
  }
  if (stored !== BigInt(unsigned) && stored !== BigInt(signed)) {
    throw placeError('ARCHIVE_INVALID', offset, 'has no valid tar header')
  }
  const name = headerName(block)
  const typeFlag = text(block, 156, 1) || '\0'
  const size = readNumber(block, 124, 12)
  return { block, typeFlag, name, size: checkSize(size, name), offset }
}

/** The name of an entry; sparse files of pax forms have another one where others look for it. */
export function entryName({ name, typeFlag }: RawHeader, { pax, longName }: Extensions): string {
  const sparseName = typeFlag === 'S' ? undefined : pax.get(`${sparsePrefix}name`)
  return sparseName ?? pax.get('path') ?? longName ?? name
}

/**
 * Joins a header with its extensions. The size is that of what is stored, which for a sparse file is not its own.
 * Errors: ARCHIVE_INVALID naming the entry.
 */
export function makeEntry(header: RawHeader, extensions: Extensions): TarEntry {
  const { block } = header
  const { pax } = extensions
  const name = entryName(header, extensions)
  const fail = (problem: string) => entryError('ARCHIVE_INVALID', name, problem)
  let type = types[header.typeFlag]
  if (type === undefined) throw fail(`has the unsupported type ${JSON.stringify(header.typeFlag)}`)
  // Before POSIX a folder was told by its name alone.
  if (type === 'file' && header.typeFlag !== '7' && name.endsWith('/')) type = 'directory'
  if (name.includes('\0')) throw fail('has a zero byte in its name')

  const number = (what: string, key: string | undefined, at: number, length: number, limit: bigint): number => {
    const own = key === undefined ? undefined : pax.get(key)
    const value = own === undefined ? readNumber(block, at, length) : readDecimal(own)
    if (value === undefined || value < 0n || value > limit)
      throw fail(`has an invalid header: its ${what} is out of range`)
    return Number(value)
  }
  const time = (key: string, value: bigint | undefined): bigint | undefined => {
    const own = pax.get(key)
    if (own === undefined) return value
    const read = readPaxTime(own)
    if (read === undefined) throw fail(`has an invalid header: its ${key} is no time`)
    return clampTime(read)
  }
  const seconds = readNumber(block, 136, 12)
  if (seconds === undefined) throw fail('has an invalid header: its time cannot be read')
  const isDevice = type === 'character' || type === 'block'
  const linkName = pax.get('linkpath') ?? extensions.longLink ?? text(block, 157, 100)
  if (linkName.includes('\0')) throw fail('has a zero byte in its link name')
  const paxSize = pax.get('size')
  const size = paxSize === undefined ? header.size : checkSize(readDecimal(paxSize), name)
  const accessedAt = time('atime', undefined)
  return {
    name,
    type,
    mode: number('mode', undefined, 100, 8, 0xffff_ffffn) & 0o7777,
    // The highest number means "unchanged" to chown(2).
    uid: number('uid', 'uid', 108, 8, 0xffff_fffen),
    gid: number('gid', 'gid', 116, 8, 0xffff_fffen),
    size: type === 'file' ? size : 0,
    modifiedAt: time('mtime', clampTime(seconds * 1_000_000_000n)) ?? 0n,
    ...(accessedAt === undefined ? {} : { accessedAt }),
    linkName: type === 'symlink' || type === 'hard-link' ? linkName : '',
    major: isDevice ? number('device number', undefined, 329, 8, 0xfffn) : 0,
    minor: isDevice ? number('device number', undefined, 337, 8, 0xf_ffffn) : 0,
    xattrs: readXattrs(pax),
  }
}

function headerName(block: Buffer): string {
  const name = text(block, 0, 100)
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at)
  return block.toString('latin1', at, end === -1 || end > at + length ? at + length : end)
}

/** What fits into a 64-bit count of seconds; file systems clamp further. */
function clampTime(time: bigint): bigint {
  const furthest = 2n ** 62n * 1_000_000_000n
  return time > furthest ? furthest : time < -furthest ? -furthest : time
}

function readXattrs(pax: ReadonlyMap<string, string>): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>()
  for (const [key, value] of pax) {
    if (key.startsWith(xattrPrefix)) xattrs.set(key.slice(xattrPrefix.length), Buffer.from(value, 'latin1'))
  }
  return xattrs
}
