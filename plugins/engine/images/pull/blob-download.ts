import { open } from 'node:fs/promises'
import { codedError, hasCode } from '@moby/contracts'
import type { ContentStore } from '../content-store.ts'
import { hashStream } from '../hash-stream.ts'
import { explainFull } from '../writing.ts'

/** What a descriptor promises. */
export interface BlobFacts {
  readonly digest: string
  /** Bytes. */
  readonly size: number
}

const readSize = 256 << 10

/** One who reads a blob while it comes, and may find out its digest by the way. */
export interface BlobReader {
  /** Bytes from the first on, as they come. Fails as the download does. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Answers when there is something to read. */
  ready(signal: AbortSignal): Promise<void>
  /** Must be called at the end: with the digest of all bytes, when it was computed. */
  finish(computed?: string): void
  /** Answers when it is in the content store; fails as the download does. Call `finish` before. */
  verdict(): Promise<void>
}

/** How a download is done and told of. */
export interface DownloadCall {
  fetch(offset: number): AsyncIterable<Uint8Array>
  /** Runs the transfer when it is its turn. */
  turn(work: () => Promise<void>): Promise<void>
  onBytes(count: number): void
  onComplete(): void
  readonly signal: AbortSignal
}

/**
 * A blob on its way into the content store. Its bytes go into a file under the digest that it will have, from where a
 * broken download left off; they can be read from the start while they come. It becomes a blob once its digest was
 * checked: by a reader that tells it, or here when there is none.
 */
export class BlobDownload {
  readonly facts: BlobFacts
  readonly #content: ContentStore
  #written = 0
  #state: 'running' | 'complete' | 'failed' = 'running'
  #failure: unknown
  #news = Promise.withResolvers<void>()
  #readers = 0
  #computed: string | undefined
  #isResumed = false
  #ended: Promise<void> = Promise.resolve()

  constructor(content: ContentStore, facts: BlobFacts) {
    this.#content = content
    this.facts = facts
  }

  /**
   * Writes what `fetch` gives from an offset on and makes a blob of it. Errors: those of `fetch`, CONTENT_MISMATCH for
   * other bytes than the descriptor says, or more or fewer (then nothing is left; `details.resumed` tells that bytes of
   * an earlier download may be why), STORAGE_FULL.
   */
  run(call: DownloadCall): Promise<void> {
    this.#ended = this.#run(call)
    this.#ended.catch(() => undefined)
    return this.#ended
  }

  async #run(call: DownloadCall): Promise<void> {
    try {
      if (await this.#content.has(this.facts.digest)) {
        this.#written = this.facts.size
        this.#state = 'complete'
        return
      }
      await call.turn(() => this.#receive(call))
      this.#state = 'complete'
      this.#tell()
      call.onComplete()
      await this.#settle(call.signal)
    } catch (error) {
      this.#failure = this.#explain(error)
      if (hasCode(this.#failure, 'CONTENT_MISMATCH')) await this.#content.dropPartial(this.facts.digest)
      this.#state = 'failed'
      throw this.#failure
    } finally {
      this.#tell()
    }
  }

  /** Begins to read it; call it before the download has ended, or the content store has it. */
  attach(): BlobReader {
    this.#readers += 1
    let isOpen = true
    return {
      read: (signal) => this.#read(signal),
      ready: (signal) => this.#untilWritten(0, signal),
      finish: (computed) => {
        if (!isOpen) return
        isOpen = false
        this.#computed ??= computed
        this.#readers -= 1
        this.#tell()
      },
      verdict: () => this.#ended,
    }
  }

  async *#read(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    await this.#untilWritten(0, signal)
    const file = await this.#content.openIncoming(this.facts.digest)
    try {
      for (let at = 0; ;) {
        await this.#untilWritten(at, signal)
        if (at >= this.#written) return
        const length = Math.min(readSize, this.#written - at)
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, at)
        if (bytesRead === 0) throw truncated(this.facts, at)
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }

  async #settle(signal: AbortSignal): Promise<void> {
    const { digest } = this.facts
    await this.#until(() => this.#computed !== undefined || this.#readers === 0, signal)
    const actual = this.#computed ?? (await hashStream(this.#read(signal)))
    if (actual === digest) {
      await this.#content.adoptPartial(digest)
      return
    }
    throw codedError('CONTENT_MISMATCH', `filesystem layer verification failed for digest ${digest}`, {
      hint: 'The registry, or something on the way to it, gives other content than the image names.',
      details: { digest, actual },
    })
  }

  async #receive({ fetch, onBytes, signal }: DownloadCall): Promise<void> {
    const { size } = this.facts
    const file = await open(this.#content.partialPath(this.facts.digest), 'a', 0o600)
    try {
      const offset = (await file.stat()).size
      if (offset > size) await file.truncate(0)
      else if (offset > 0) {
        this.#isResumed = true
        this.#advance(offset, onBytes)
      }
      if (this.#written === size) return
      for await (const chunk of fetch(this.#written)) {
        signal.throwIfAborted()
        if (this.#written + chunk.length > size) throw tooLong(this.facts)
        for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
        this.#advance(chunk.length, onBytes)
      }
      if (this.#written < size) throw truncated(this.facts, this.#written)
    } finally {
      await file.close()
    }
  }

  #advance(bytes: number, onProgress: (bytes: number) => void): void {
    this.#written += bytes
    onProgress(this.#written)
    this.#tell()
  }

  #explain(error: unknown): unknown {
    const { digest } = this.facts
    if (hasCode(error, 'CONTENT_MISMATCH') && this.#isResumed) {
      return codedError('CONTENT_MISMATCH', error.message, {
        cause: error,
        hint: error.hint,
        details: { ...error.details, resumed: true },
      })
    }
    return explainFull(error, `the blob ${digest}`)
  }

  #tell(): void {
    const news = this.#news
    this.#news = Promise.withResolvers()
    news.resolve()
  }

  /** Waits until more than so many bytes are there, or no more will come. */
  async #untilWritten(bytes: number, signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#written > bytes || this.#state === 'complete', signal)
  }

  async #until(isReached: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isReached() && this.#state !== 'failed') {
      signal.throwIfAborted()
      const { promise } = this.#news
      const left = Promise.withResolvers<void>()
      const leave = () => left.resolve()
      signal.addEventListener('abort', leave, { once: true })
      await Promise.race([promise, left.promise])
      signal.removeEventListener('abort', leave)
    }
    signal.throwIfAborted()
    if (this.#state === 'failed') throw this.#failure
  }
}

function tooLong({ digest, size }: BlobFacts): Error {
  return codedError('CONTENT_MISMATCH', `The blob ${digest} has more bytes than the ${size} of its descriptor`, {
    details: { digest, size },
  })
}

function truncated({ digest, size }: BlobFacts, at: number): Error {
  return codedError('CONTENT_MISMATCH', `The blob ${digest} ended after ${at} of ${size} bytes`, {
    details: { digest, size, received: at },
  })
}
