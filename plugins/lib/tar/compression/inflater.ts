import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { codedError } from '@moby/contracts/errors'
import type { Compression } from './compression.ts'
import { checkExpansion, explainDecompression, largestWindow, type ExpansionLimits } from './expansion.ts'

const outputSize = 1 << 18

/** What Node's decompressors are made of: one call takes input and fills output, in this thread. */
interface Engine {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputLength: number,
      output: Uint8Array,
      outputAt: number,
      outputLength: number,
    ): void
    close(): void
  }
  /** After a call: bytes of output left free, bytes of input not taken. */
  readonly _writeState: Uint32Array
}

/**
 * Decompresses what is pushed in, all members or frames of it, synchronously and with one fixed buffer: for a worker
 * thread, where the streams of node:zlib would cost a hop to another thread each time, and their synchronous
 * functions want the whole at once. Errors: ARCHIVE_TRUNCATED, ARCHIVE_INVALID, ARCHIVE_LIMIT.
 */
export class Inflater {
  readonly #compression: Exclude<Compression, 'none'>
  readonly #limits: ExpansionLimits | undefined
  readonly #engine: Engine
  readonly #output = Buffer.allocUnsafeSlow(outputSize)
  #failure: Error | undefined
  #isPadding = false
  #isClosed = false
  #taken = 0
  #given = 0

  constructor(compression: Exclude<Compression, 'none'>, limits?: ExpansionLimits) {
    this.#compression = compression
    this.#limits = limits
    this.#engine = makeEngine(compression)
    // The engine calls it by this name; it knows no events.
    Object.assign(this.#engine._handle, {
      onerror: (message: string, errno: number, code: string) => {
        this.#failure = Object.assign(new Error(message), { errno, code })
      },
    })
  }

  /** Hands out what the input unfolds to, piece by piece. A piece is valid until the next one is asked for. */
  *push(input: Uint8Array): Generator<Uint8Array, void> {
    let at = 0
    // A full output buffer means that more may be waiting inside.
    for (let isFull = false; at < input.length || isFull;) {
      if (this.#isPadding) {
        this.#checkPadding(input.subarray(at))
        return
      }
      const [given, taken] = this.#run(constants.Z_NO_FLUSH, input, at)
      // Gunzip stops at a zero byte after a member: archives from tapes are padded.
      this.#isPadding = given === 0 && taken === 0 && at < input.length
      at += taken
      isFull = given === this.#output.length
      if (given > 0) yield this.#output.subarray(0, given)
    }
  }

  /** Says that nothing more comes. */
  finish(): void {
    if (this.#isPadding) return
    this.#run(this.#compression === 'gzip' ? constants.Z_FINISH : constants.ZSTD_e_end, Buffer.alloc(0), 0)
  }

  close(): void {
    if (!this.#isClosed) this.#engine._handle.close()
    this.#isClosed = true
  }

  #run(flush: number, input: Uint8Array, at: number): readonly [number, number] {
    const { _handle: handle, _writeState: state } = this.#engine
    handle.writeSync(flush, input, at, input.length - at, this.#output, 0, this.#output.length)
    const [free = 0, left = 0] = state
    const taken = this.#failure === undefined ? input.length - at - left : 0
    this.#taken += taken
    if (this.#failure !== undefined) throw explainDecompression(this.#failure, this.#compression, this.#taken)
    const given = this.#output.length - free
    this.#given += given
    checkExpansion(this.#taken, this.#given, this.#limits)
    return [given, taken]
  }

  #checkPadding(bytes: Uint8Array): void {
    if (bytes.every((byte) => byte === 0)) return
    throw codedError(
      'ARCHIVE_INVALID',
      `The ${this.#compression} archive is followed by something else at byte ${this.#taken}`,
    )
  }
}

function makeEngine(compression: 'gzip' | 'zstd'): Engine {
  const made: unknown =
    compression === 'gzip'
      ? createGunzip()
      : createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: largestWindow } })
  if (isEngine(made)) return made
  throw new Error(`node:zlib of ${process.version} has no synchronous ${compression} engine`)
}

function isEngine(value: unknown): value is Engine {
  const { _handle, _writeState } = value as Partial<Record<keyof Engine, unknown>>
  return typeof _handle === 'object' && _handle !== null && 'writeSync' in _handle && _writeState instanceof Uint32Array
}
