import { hasCode } from '@moby/contracts'
import type { LayerCompression } from 'oci-spec-ts'
import type { WorkCall } from '../../concurrency/shared-work.ts'
import type { ImageContext } from '../image-context.ts'
import type { Repository } from '../repository.ts'
import type { Step } from '../transfers.ts'
import { BlobDownload, type BlobFacts, type BlobReader } from './blob-download.ts'

/** A blob as a manifest names it. */
export interface BlobPlan extends BlobFacts {
  readonly mediaType: string
  readonly urls?: readonly string[] | undefined
}

/** A layer as manifest and configuration have it. */
export interface LayerPlan {
  readonly blob: BlobPlan
  readonly compression: LayerCompression
  readonly diffId: string
  readonly chainId: string
  /** The layer that it stands on. */
  readonly below: LayerPlan | undefined
  readonly driver: string
}

export interface TransferCall {
  readonly signal: AbortSignal
  readonly report: (step: Step) => void
  /** Told when the work is that of another, which may fail for reasons of its own. */
  readonly onShared: () => void
}

type Context = Pick<ImageContext, 'content' | 'layers' | 'transfers'>

/**
 * Has a blob in the content store. Several who want the same one share the download. When this has returned its promise,
 * the blob can be read while it comes. Errors: those of a pull.
 */
export async function bringBlob(
  { content, transfers }: Pick<Context, 'content' | 'transfers'>,
  blob: BlobPlan,
  repository: Repository,
  call: TransferCall,
): Promise<void> {
  let isOwn = false
  const start = async ({ signal, report }: WorkCall<Step>) => {
    isOwn = true
    const download = new BlobDownload(content, blob)
    transfers.open.set(blob.digest, download)
    try {
      await download.run({
        fetch: (offset) => repository.blob(blob, { offset, urls: blob.urls, signal }),
        turn: async (work) => {
          if (transfers.downloads.isFull) report({ status: 'Waiting' })
          await transfers.downloads.run(work, signal)
        },
        onBytes: (current) => report({ status: 'Downloading', current, total: blob.size }),
        onComplete: () => {
          report({ status: 'Verifying Checksum' })
          report({ status: 'Download complete' })
        },
        signal,
      })
    } finally {
      transfers.open.delete(blob.digest)
    }
  }
  const done = transfers.blobs.join(blob.digest, start, { signal: call.signal, onProgress: call.report })
  if (!isOwn) call.onShared()
  await done
}

/**
 * Has a layer unpacked, whose blob is in the content store or being brought, on the one below it. Several who want the
 * same one share the work. Answers its bytes. Errors: ARCHIVE_*, IMAGE_INVALID, STORAGE_FULL, those of the download.
 */
export async function unpackLayer(context: Context, layer: LayerPlan, call: TransferCall): Promise<number> {
  const { blob, chainId, driver } = layer
  let isOwn = false
  const start = async (work: WorkCall<Step>) => {
    isOwn = true
    const { below } = layer
    const quiet = { signal: work.signal, report: () => undefined, onShared: () => undefined }
    const whenBelow = below === undefined ? Promise.resolve(0) : unpackLayer(context, below, quiet)
    // It is awaited when the layer is unpacked, which may fail before.
    whenBelow.catch(() => undefined)
    return await unpackOne(context, layer, whenBelow, work)
  }
  const key = [driver, chainId, blob.digest].join(' ')
  const done = context.transfers.layers.join(key, start, { signal: call.signal, onProgress: call.report })
  if (!isOwn) call.onShared()
  return await done
}

async function unpackOne(
  { content, layers, transfers }: Context,
  { blob, below, ...layer }: LayerPlan,
  whenBelow: Promise<unknown>,
  { signal, report }: WorkCall<Step>,
): Promise<number> {
  const reader = transfers.open.get(blob.digest)?.attach() ?? readStored(content.read(blob.digest))
  const counted = async function* () {
    let current = 0
    for await (const chunk of reader.read(signal)) {
      yield chunk
      current += chunk.length
      report({ status: 'Extracting', current, total: blob.size })
    }
  }
  try {
    return await layers.receive(layer.driver, {
      ...layer,
      parent: below?.chainId,
      whenBelow,
      turn: async (work) => {
        await reader.ready(signal)
        return await transfers.unpacks.run(work, signal)
      },
      open: counted,
      onInput: (digest) => reader.finish(digest),
      signal,
    })
  } catch (error) {
    reader.finish()
    // Its files lie behind symbolic links of the layers below: it is unpacked on them, from the store.
    if (hasCode(error, 'NOT_SUPPORTED') && below !== undefined) {
      await reader.verdict()
      const source = { ...layer, parent: below.chainId, open: () => content.read(blob.digest) }
      return await layers.unpack(layer.driver, source, signal)
    }
    // An archive that cannot be read may be another one than the image names: that is what went wrong then.
    if (hasCode(error, 'ARCHIVE_INVALID', 'ARCHIVE_TRUNCATED', 'IMAGE_INVALID')) await reader.verdict()
    throw error
  } finally {
    reader.finish()
  }
}

function readStored(bytes: AsyncIterable<Uint8Array>): BlobReader {
  const nothing = async () => undefined
  return { read: () => bytes, ready: nothing, finish: () => undefined, verdict: nothing }
}
