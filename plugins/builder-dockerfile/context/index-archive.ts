import { Worker } from 'node:worker_threads'
import { CodedError, codedError } from '@moby/contracts/errors'
import { TarReader } from '@moby/lib-tar'
import { ArchiveIndex, type ArchiveNode, type IndexLimits } from './archive-index.ts'

export interface IndexRequest {
  /** File for the contents, which must not exist. */
  readonly contents: string
  readonly limits: Partial<IndexLimits>
}

export type ToIndexWorker = { readonly chunk: Uint8Array } | { readonly end: true }

interface SentFailure {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
}

export type FromIndexWorker =
  | { readonly taken: true }
  | { readonly nodes: readonly ArchiveNode[] }
  | { readonly failure: SentFailure }

/** Archives up to this many bytes are not worth a thread. */
const smallBytes = 512 * 1024
const mostWaiting = 8

/**
 * Takes an uncompressed archive apart as it comes: answers its entries, contents go to a file. A large one is parsed,
 * hashed and written in a worker thread, and read no faster than that. Errors: ARCHIVE_*, BUILD_CONTEXT_INVALID,
 * CANCELLED, and those of the input.
 */
export async function indexArchive(
  input: AsyncIterable<Uint8Array>,
  request: IndexRequest,
  signal?: AbortSignal,
): Promise<readonly ArchiveNode[]> {
  const iterator = input[Symbol.asyncIterator]()
  try {
    const start: Uint8Array[] = []
    let length = 0
    while (length <= smallBytes) {
      refuseCancelled(signal)
      const next = await iterator.next()
      if (next.done === true) {
        if (isSmall(start, request)) return indexSmall(start, request)
        return await indexLarge(start, iterator, request, signal)
      }
      start.push(next.value)
      length += next.value.length
    }
    return await indexLarge(start, iterator, request, signal)
  } finally {
    await iterator.return?.()
  }
}

/** Few bytes of archive may be much content all the same, where files are sparse. */
function isSmall(chunks: readonly Uint8Array[], { limits }: IndexRequest): boolean {
  const reader = new TarReader(limits)
  let size = 0
  for (const chunk of chunks) for (const event of reader.push(chunk)) if ('size' in event) size += event.size
  return size <= smallBytes
}

function indexSmall(chunks: readonly Uint8Array[], { contents, limits }: IndexRequest): readonly ArchiveNode[] {
  const index = new ArchiveIndex(contents, limits)
  try {
    for (const chunk of chunks) index.push(chunk)
    return index.finish()
  } finally {
    index.close()
  }
}

async function indexLarge(
  start: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  request: IndexRequest,
  signal: AbortSignal | undefined,
): Promise<readonly ArchiveNode[]> {
  const thread = new IndexThread(request)
  const stop = () => thread.fail(codedError('CANCELLED', 'The work was cancelled'))
  signal?.addEventListener('abort', stop)
  try {
    for (const chunk of start) await thread.push(chunk)
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) break
      await thread.push(next.value)
    }
    return await thread.finish()
  } finally {
    signal?.removeEventListener('abort', stop)
    await thread.end()
  }
}

class IndexThread {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #waiting = 0
  #asked = false
  #nodes: readonly ArchiveNode[] | undefined
  #failure: Error | undefined
  #wake: () => void = () => undefined

  constructor(request: IndexRequest) {
    this.#worker = new Worker(new URL('index-worker.ts', import.meta.url), { name: 'context', workerData: request })
    this.#worker.on('message', (message: FromIndexWorker) => {
      if ('taken' in message) this.#waiting -= 1
      else if ('nodes' in message) this.#nodes = message.nodes
      else this.fail(new CodedError(message.failure.code, message.failure.message, message.failure))
      this.#wake()
    })
    this.#worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))))
    this.#worker.once('exit', () => {
      if (this.#nodes === undefined) this.fail(new Error('The thread that reads an archive ended early'))
    })
    // Not `once` of node:events, whose promise an error would reject while nobody waits for it.
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
  }

  fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }

  async push(chunk: Uint8Array): Promise<void> {
    this.#waiting += 1
    // A view into a larger buffer would be sent with all of it.
    this.#worker.postMessage({ chunk: Uint8Array.from(chunk) } satisfies ToIndexWorker)
    await this.#until(() => this.#waiting < mostWaiting)
  }

  async finish(): Promise<readonly ArchiveNode[]> {
    this.#askToEnd()
    await this.#until(() => this.#nodes !== undefined)
    return this.#nodes ?? []
  }

  /** Waits until the thread is gone. */
  async end(): Promise<void> {
    this.#askToEnd()
    await this.#exited
  }

  #askToEnd(): void {
    if (!this.#asked) this.#worker.postMessage({ end: true } satisfies ToIndexWorker)
    this.#asked = true
  }

  async #until(condition: () => boolean): Promise<void> {
    while (this.#failure === undefined && !condition()) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#failure !== undefined) throw this.#failure
  }
}

function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw codedError('CANCELLED', 'The work was cancelled')
}
