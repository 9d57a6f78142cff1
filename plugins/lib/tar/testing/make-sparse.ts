import { paddingOf } from '../format/entry.ts'
import { paxRecord } from '../format/pax.ts'

/** A sparse file for tests; numbers are written as they are, sound or not. */
export interface SparseSample {
  /** The old form of GNU tar, or a version of its pax forms. */
  readonly form: 'old' | '0.0' | '0.1' | '1.0'
  readonly name: string
  readonly size: number
  /** Offset and length of each fragment in turn. */
  readonly map: readonly number[]
  /** Bytes of data, each a `d`; else what the fragments add up to. */
  readonly stored?: number
  /** Of version 1.0: the text of the map. */
  readonly text?: string
  readonly typeFlag?: string
  readonly magic?: string
}

/** The blocks of one sparse entry, without an end mark. */
export function makeSparse(sample: SparseSample): Buffer<ArrayBuffer> {
  const { form, map, size, name } = sample
  const data = Buffer.alloc(
    sample.stored ?? map.reduce((sum, length, at) => (at % 2 === 1 ? sum + length : sum), 0),
    'd',
  )
  if (form === 'old') return makeOld(sample, data)
  const records: [string, string][] = []
  let content = data
  if (form === '1.0') {
    records.push(['major', '1'], ['minor', '0'], ['name', name], ['realsize', String(size)])
    const text = Buffer.from(sample.text ?? `${[map.length / 2, ...map].join('\n')}\n`)
    content = sample.text === undefined ? Buffer.concat([text, Buffer.alloc(paddingOf(text.length)), data]) : text
  } else {
    records.push(['size', String(size)], ['numblocks', String(map.length / 2)])
    if (form === '0.1') records.push(['name', name], ['map', map.join(',')])
    else map.forEach((value, at) => records.push([at % 2 === 0 ? 'offset' : 'numbytes', String(value)]))
  }
  const text = Buffer.from(records.map(([key, value]) => paxRecord(`GNU.sparse.${key}`, value)).join(''))
  const header = makeBlock({ ...sample, name: form === '0.0' ? name : 'GNUSparseFile.0/stand-in' }, content.length)
  return whole([makeBlock({ name: 'pax', typeFlag: 'x' }, text.length), text, header, content])
}

function makeOld(sample: SparseSample, data: Buffer): Buffer<ArrayBuffer> {
  const { map, size } = sample
  const block = makeBlock({ magic: 'ustar  \0', typeFlag: 'S', ...sample }, data.length, (header) => {
    putMap(header, 386, map.slice(0, 8))
    header[482] = map.length > 8 ? 1 : 0
    putNumber(header, 483, size)
  })
  const more: Buffer[] = []
  for (let at = 8; at < map.length; at += 42) {
    const extension = Buffer.alloc(512)
    putMap(extension, 0, map.slice(at, at + 42))
    extension[504] = at + 42 < map.length ? 1 : 0
    more.push(extension)
  }
  return whole([block, ...more, data])
}

function putMap(block: Buffer, at: number, map: readonly number[]): void {
  map.forEach((value, index) => putNumber(block, at + 12 * index, value))
}

/** Octal digits, or base 256 for what is negative or too large for them. */
function putNumber(block: Buffer, at: number, value: number): void {
  if (value >= 0 && value < 8 ** 11) block.write(`${value.toString(8).padStart(11, '0')}\0`, at, 'latin1')
  else {
    block.writeUInt32BE(value < 0 ? 0xffff_ffff : 0x8000_0000, at)
    block.writeBigInt64BE(BigInt(value), at + 4)
  }
}

function makeBlock(
  { name, typeFlag = '0', magic = 'ustar\x0000' }: Pick<SparseSample, 'name' | 'typeFlag' | 'magic'>,
  size: number,
  fill: (block: Buffer) => void = () => undefined,
): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  for (const at of [100, 108, 116]) block.write('0000644\0', at)
  putNumber(block, 124, size)
  putNumber(block, 136, 1_700_000_000)
  block.write(`        ${typeFlag}`, 148)
  block.write(magic, 257, 'latin1')
  fill(block)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function whole(parts: readonly Buffer[]): Buffer<ArrayBuffer> {
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.alloc(paddingOf(part.length))]))
}
