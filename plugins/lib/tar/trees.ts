import type { Jobs, PathChange, TreeComparison } from './worker/jobs.ts'
import { runJob, type JobOptions } from './worker/run-job.ts'
import { runOutputJob } from './worker/run-output-job.ts'
import type { SettleRequest } from './apply/settle-layer.ts'
import type { TreeSize } from './tree/measure-tree.ts'

/**
 * Packs what a tree has otherwise than its base as a layer archive, in a worker thread; without a base, all of it.
 * Equal trees give equal bytes. It is read no faster than it is taken.
 */
export function writeLayer(tree: TreeComparison, options: JobOptions = {}): AsyncGenerator<Uint8Array, void> {
  return runOutputJob<Uint8Array>('pack', tree, options)
}

/** What a tree has otherwise than its base: parents before children, siblings by their bytes. */
export async function* listChanges(tree: TreeComparison, options: JobOptions = {}): AsyncGenerator<PathChange, void> {
  for await (const batch of runOutputJob<readonly PathChange[]>('changes', tree, options)) yield* batch
}

/**
 * Puts a layer on others that was unpacked beside them with `looseEnds`. Fails with NOT_SUPPORTED when it can only be
 * unpacked on them.
 */
export function settleLayer(request: SettleRequest, options: JobOptions = {}): Promise<undefined> {
  return runSimpleJob('settle', request, options)
}

/** What a tree has otherwise than its base, without a base all of it. */
export function measureFolder(tree: TreeComparison, options: JobOptions = {}): Promise<TreeSize> {
  return runSimpleJob('measure', tree, options)
}

/** Copies everything in a folder into another, empty one, with all attributes. Sockets are left out. */
export function copyFolder(from: string, to: string, options: JobOptions = {}): Promise<undefined> {
  return runSimpleJob('copy', { from, to }, options)
}

/** Removes paths and everything below; a missing one is success. Mounts below stop it with EBUSY. */
export function removeFolders(paths: readonly string[], options: JobOptions = {}): Promise<undefined> {
  return runSimpleJob('remove', { paths }, options)
}

function runSimpleJob<K extends 'settle' | 'measure' | 'copy' | 'remove'>(
  job: K,
  request: Jobs[K]['request'],
  options: JobOptions,
): Promise<Jobs[K]['result']> {
  return runJob(job, request, options, async ({ next }) => {
    for (;;) {
      const message = await next()
      if ('result' in message) return message.result as Jobs[K]['result']
    }
  })
}
