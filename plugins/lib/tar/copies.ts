import type { MountView, ViewRequest } from '@moby/lib-linux/mount-view'
import { feedJob } from './apply-layer.ts'
import { detectCompression } from './compression/compression.ts'
import type { ExtractRequest } from './copy/archive-extraction.ts'
import type { PathRequest } from './copy/path-changes.ts'
import { runJob, type JobOptions } from './worker/run-job.ts'
import { runOutputJob } from './worker/run-output-job.ts'

export type ExtractTarget = Omit<ExtractRequest, 'compression'>

/**
 * Opens a tree with its mounts that nobody else sees. The caller closes both descriptors of it. It cannot be cancelled,
 * since they would be lost.
 */
export function openView(request: ViewRequest): Promise<MountView> {
  return runJob('view', request, {}, async ({ next }) => {
    for (;;) {
      const message = await next()
      if ('result' in message) return message.result as MountView
    }
  })
}

/**
 * Packs a file, or a folder with all in it, as an archive, in a worker thread, no faster than it is read. The root must
 * stay open until the end. Errors: HOST_SYSTEM_CALL for what is not there, CANCELLED.
 */
export function packPath(request: PathRequest, options: JobOptions = {}): AsyncGenerator<Uint8Array, void> {
  return runOutputJob<Uint8Array, 'pack-path'>('pack-path', request, options)
}

/**
 * Unpacks an archive, compressed or not, into an open folder, in a worker thread. The input is read no faster than it
 * is written; what came before an error stays. Errors: ARCHIVE_*, NOT_SUPPORTED for a compression that is not read,
 * STORAGE_FULL, HOST_LACKS, HOST_SYSTEM_CALL, CANCELLED, and those of the input.
 */
export async function extractArchive(
  target: ExtractTarget,
  archive: AsyncIterable<Uint8Array>,
  options: JobOptions = {},
): Promise<void> {
  const { compression, input } = await detectCompression(archive)
  try {
    await feedJob('extract', { ...target, compression }, input, options)
  } finally {
    await input.return?.()
  }
}
