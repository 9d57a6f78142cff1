/** One entry of an archive, as the kit writes and reads them: enough for layers, without any library. */
export interface TarEntry {
  readonly name: string
  readonly type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'fifo'
  readonly data?: Uint8Array | string
  readonly target?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** Seconds since 1970. */
  readonly mtime?: number
  /** Extended attributes by name. */
  readonly xattrs?: Readonly<Record<string, string>>
  readonly device?: { readonly major: number; readonly minor: number }
}

const block = 512
const flags = { file: '0', hardlink: '1', symlink: '2', character: '3', directory: '5', fifo: '6' } as const

/** An uncompressed archive in the pax interchange format (POSIX.1-2001), with its two blocks of zeros at the end. */
export function writeTar(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.flatMap(writeEntry), Buffer.alloc(2 * block)])
}

function writeEntry(entry: TarEntry): Buffer[] {
  const data = Buffer.from(entry.data ?? '')
  const records: string[] = []
  if (Buffer.byteLength(entry.name) > 100) records.push(paxRecord('path', entry.name))
  if (Buffer.byteLength(entry.target ?? '') > 100) records.push(paxRecord('linkpath', entry.target ?? ''))
  for (const [key, value] of Object.entries(entry.xattrs ?? {})) records.push(paxRecord(`SCHILY.xattr.${key}`, value))
  const pax = Buffer.from(records.join(''))
  return [
    ...(records.length === 0 ? [] : [header({ name: 'pax', mode: 0o644 }, 'x', pax.length), padded(pax)]),
    header(entry, flags[entry.type ?? 'file'], data.length),
    padded(data),
  ]
}

/** Length, key and value; the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const size = Buffer.byteLength(rest)
  let length = size + String(size).length
  if (size + String(length).length !== length) length = size + String(length).length
  return `${length}${rest}`
}

function header(entry: TarEntry, flag: string, size: number): Buffer {
  const head = Buffer.alloc(block)
  const octal = (value: number, at: number, width: number): void => {
    head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
  }
  head.write(Buffer.from(entry.name).subarray(0, 100).toString('latin1'), 0, 'latin1')
  octal(entry.mode ?? (entry.type === 'directory' ? 0o755 : 0o644), 100, 8)
  octal(entry.uid ?? 0, 108, 8)
  octal(entry.gid ?? 0, 116, 8)
  octal(size, 124, 12)
  octal(entry.mtime ?? 1_700_000_000, 136, 12)
  head.write(' '.repeat(8), 148, 'latin1')
  head.write(flag, 156, 'latin1')
  head.write(
    Buffer.from(entry.target ?? '')
      .subarray(0, 100)
      .toString('latin1'),
    157,
    'latin1',
  )
  head.write('ustar\x0000', 257, 'latin1')
  octal(entry.device?.major ?? 0, 329, 8)
  octal(entry.device?.minor ?? 0, 337, 8)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return head
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((block - (data.length % block)) % block)])
}

/** What `readTar` tells of an entry. */
export interface ReadEntry {
  /** Without leading `./` and trailing slash. */
  readonly name: string
  readonly flag: string
  readonly mode: number
  readonly target: string
  readonly data: Uint8Array
}

/** Reads an archive with pax or ustar headers. Fails for one that has no end. */
export function readTar(archive: Uint8Array): ReadEntry[] {
  const bytes = Buffer.from(archive)
  const entries: ReadEntry[] = []
  let pax = new Map<string, string>()
  for (let at = 0; at + block <= bytes.length;) {
    const head = bytes.subarray(at, at + block)
    if (head.every((byte) => byte === 0)) return entries
    const text = (from: number, length: number): string =>
      head.toString('utf8', from, from + length).split('\0')[0] ?? ''
    const size = Number.parseInt(text(124, 12), 8) || 0
    const data = bytes.subarray(at + block, at + block + size)
    at += block + Math.ceil(size / block) * block
    const flag = text(156, 1) || '0'
    if (flag === 'x') {
      pax = readPax(data)
      continue
    }
    const prefix = text(345, 155)
    const name = pax.get('path') ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`)
    entries.push({
      name: name.replace(/^\.\//, '').replace(/\/$/, ''),
      flag,
      mode: Number.parseInt(text(100, 8), 8) & 0o7777,
      target: pax.get('linkpath') ?? text(157, 100),
      data: Uint8Array.from(data),
    })
    pax = new Map()
  }
  throw new Error('the archive has no end')
}

function readPax(data: Buffer): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at < data.length;) {
    const length = Number.parseInt(data.toString('latin1', at, data.indexOf(0x20, at)), 10)
    const record = data.toString('utf8', data.indexOf(0x20, at) + 1, at + length - 1)
    found.set(record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1))
    at += length
  }
  return found
}
