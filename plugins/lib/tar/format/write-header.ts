import { isAscii, isUtf8 } from 'node:buffer'
import { entryError } from './archive-error.ts'
import { blockSize, paddingOf, type EntryType, type TarEntry } from './entry.ts'
import { writeNumber } from './number-field.ts'
import { formatPaxTime, paxRecord, xattrPrefix } from './pax.ts'

const typeFlags: Readonly<Record<EntryType, string>> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

/** The end mark of an archive. */
export const endMark: Uint8Array = Buffer.alloc(2 * blockSize)

/**
 * The header blocks of an entry: ustar, with a pax extended header in front for what ustar cannot say. Equal
 * entries give equal bytes. Errors: ARCHIVE_INVALID for an attribute name that no archive can carry.
 */
export function writeHeader(entry: TarEntry): Uint8Array {
  const block = Buffer.alloc(blockSize)
  const pax = new Map<string, string>()
  putText(block, 0, entry.name, 'path', pax)
  putText(block, 157, entry.linkName, 'linkpath', pax)
  putNumber(block, 100, 8, entry.mode)
  putNumber(block, 108, 8, entry.uid, 'uid', pax)
  putNumber(block, 116, 8, entry.gid, 'gid', pax)
  putNumber(block, 124, 12, entry.size, 'size', pax)
  const second = 1_000_000_000n
  const plainTime = entry.modifiedAt >= 0n && entry.modifiedAt % second === 0n
  if (!(writeNumber(block, 136, 12, Number(entry.modifiedAt / second)) && plainTime)) {
    pax.set('mtime', formatPaxTime(entry.modifiedAt))
    if (entry.modifiedAt < 0n) putNumber(block, 136, 12, 0)
  }
  if (entry.type === 'character' || entry.type === 'block') {
    putNumber(block, 329, 8, entry.major)
    putNumber(block, 337, 8, entry.minor)
  }
  for (const [name, value] of entry.xattrs) {
    if (name.includes('=')) {
      throw entryError('ARCHIVE_INVALID', entry.name, `has an extended attribute with = in its name: ${name}`)
    }
    pax.set(xattrPrefix + name, Buffer.from(value).toString('latin1'))
  }
  seal(block, typeFlags[entry.type])
  return pax.size === 0 ? block : Buffer.concat([extendedHeader(entry.name, pax), block])
}

function extendedHeader(name: string, pax: ReadonlyMap<string, string>): Buffer {
  const keys = [...pax.keys()].sort()
  const records = keys.map((key) => paxRecord(key, pax.get(key) ?? ''))
  // POSIX: names that are not UTF-8 are announced by their character set.
  const named = (pax.get('path') ?? '') + (pax.get('linkpath') ?? '')
  if (!isUtf8(Buffer.from(named, 'latin1'))) records.unshift(paxRecord('hdrcharset', 'BINARY'))
  const content = Buffer.from(records.join(''), 'latin1')
  const block = Buffer.alloc(blockSize)
  const last = name.replace(/\/$/, '').split('/').at(-1) ?? ''
  block.write(`PaxHeaders.0/${/^[\x20-\x7e]*$/.test(last) ? last.slice(0, 80) : 'entry'}`, 0, 'latin1')
  putNumber(block, 100, 8, 0o644)
  putNumber(block, 108, 8, 0)
  putNumber(block, 116, 8, 0)
  putNumber(block, 124, 12, content.length)
  putNumber(block, 136, 12, 0)
  seal(block, 'x')
  return Buffer.concat([block, content, Buffer.alloc(paddingOf(content.length))])
}

function putText(block: Buffer, at: number, bytes: string, key: string, pax: Map<string, string>): void {
  const fits = bytes.length <= 100 && isAscii(Buffer.from(bytes, 'latin1'))
  if (!fits) pax.set(key, bytes)
  block.write(fits ? bytes : bytes.slice(0, 100).replace(/[^\x20-\x7e]/g, '_'), at, 'latin1')
}

function putNumber(
  block: Buffer,
  at: number,
  length: number,
  value: number,
  key?: string,
  pax?: Map<string, string>,
): void {
  if (writeNumber(block, at, length, value)) return
  writeNumber(block, at, length, 0)
  if (key !== undefined) pax?.set(key, String(value))
}

function seal(block: Buffer, typeFlag: string): void {
  block.write(typeFlag, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
