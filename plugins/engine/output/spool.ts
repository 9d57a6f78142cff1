import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { splice } from '@moby/lib-linux'

interface Segment {
  readonly base: number
  readonly path: string
  readonly descriptor: number
  size: number
}

/** Bytes moved at a time, so that the event loop is not held. */
const slice = 256 * 1024
/** A segment with so much in it is left for a new one. */
const fullAt = 4 * 1024 * 1024
/** The same for one that nobody needs any more. */
const releasedAt = 256 * 1024

/**
 * The unread output of one stream on disk: files `<name>.<position of their first byte>`, one after the
 * other. What is appended is in the hands of the kernel at once, so that the death of this process can
 * neither lose nor double a byte: position and size are those of the files. What was released is
 * given back segment by segment.
 */
export class Spool {
  readonly #folder: string
  readonly #name: string
  readonly #segments: Segment[] = []
  #removed = false

  private constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  /**
   * Opens what is there, or begins at `floor`: the position up to which the bytes have arrived where
   * they should. A spool that ends before it has lost its end (with the power, for example) and begins
   * there anew.
   */
  static open(folder: string, name: string, floor: number): Spool {
    const spool = new Spool(folder, name)
    for (const base of findBases(folder, name)) {
      if (base !== spool.end) spool.#dropAll()
      spool.#segments.push(openSegment(join(folder, `${name}.${base}`), base))
    }
    if (spool.#segments.length === 0 || spool.end < floor) {
      spool.#dropAll()
      spool.#begin(floor)
    }
    return spool
  }

  /** Position of the first byte that is still there. */
  get start(): number {
    return this.#segments[0]?.base ?? 0
  }

  /** Position behind the last byte. */
  get end(): number {
    const last = this.#segments.at(-1)
    return last === undefined ? 0 : last.base + last.size
  }

  /** Moves up to 256 KiB from a pipe to the end. */
  fill(pipe: number): number | 'again' | 'end' {
    const last = this.#last()
    const moved = splice({ from: pipe, to: last.descriptor, toOffset: last.size, length: slice })
    if (typeof moved === 'number') last.size += moved
    return moved
  }

  /** Up to `length` bytes from a position on, fewer at the end of a segment, none at the end. */
  read(position: number, length: number): Buffer {
    const segment = this.#segments.find(({ base, size }) => position >= base && position < base + size)
    if (segment === undefined) return Buffer.alloc(0)
    const offset = position - segment.base
    const buffer = Buffer.allocUnsafeSlow(Math.min(length, segment.size - offset))
    return buffer.subarray(0, readSync(segment.descriptor, buffer, 0, buffer.length, offset))
  }

  /** Nobody will read before this position any more. */
  release(position: number): void {
    const last = this.#last()
    const spent = position >= this.end && last.size >= releasedAt
    if (!this.#removed && (spent || last.size >= fullAt)) this.#begin(this.end)
    for (let first = this.#segments[0]; first !== undefined && first !== this.#segments.at(-1);) {
      if (first.base + first.size > position) return
      this.#dropFirst()
      first = this.#segments[0]
    }
  }

  /** Deletes the files; what is open can be read to its end. */
  remove(): void {
    if (this.#removed) return
    this.#removed = true
    for (const { path } of this.#segments) rmSync(path, { force: true })
  }

  close(): void {
    for (const { descriptor } of this.#segments.splice(0)) closeSync(descriptor)
  }

  #last(): Segment {
    const last = this.#segments.at(-1)
    if (last === undefined) throw new Error(`The spool ${this.#name} is closed.`)
    return last
  }

  #begin(base: number): void {
    this.#segments.push(openSegment(join(this.#folder, `${this.#name}.${base}`), base))
  }

  #dropAll(): void {
    while (this.#segments.length > 0) this.#dropFirst()
  }

  #dropFirst(): void {
    const first = this.#segments.shift()
    if (first === undefined) return
    closeSync(first.descriptor)
    if (!this.#removed) rmSync(first.path, { force: true })
  }
}

function openSegment(path: string, base: number): Segment {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  return { base, path, descriptor, size: fstatSync(descriptor).size }
}

function findBases(folder: string, name: string): number[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`) && /^\d+$/.test(file.slice(name.length + 1)))
    .map((file) => Number(file.slice(name.length + 1)))
    .sort((left, right) => left - right)
}
