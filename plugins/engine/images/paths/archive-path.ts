import { closeSync } from 'node:fs'
import { codedError, type engineImages, type RequestOf } from '@moby/contracts'
import { openFlags, openWithin, toByteString } from '@moby/lib-linux'
import { writeLayer } from '@moby/lib-tar'
import type { ImageContext } from '../image-context.ts'
import { openRoot } from './open-root.ts'
import { resolvePath } from './resolve-path.ts'
import { checkPath } from './stat-path.ts'

/** What is in a folder of an image, as an archive. Errors: IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, PATH_NOT_FOUND. */
export async function* archivePath(
  context: ImageContext,
  request: RequestOf<typeof engineImages, 'archivePath'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  checkPath(request.path)
  const record = context.images.find(request.ref)
  const root = await openRoot(context, record, signal)
  try {
    const folder = root.folder === undefined ? undefined : openFolder(root.folder, request.path)
    if (folder === undefined) {
      throw codedError('PATH_NOT_FOUND', `The image ${request.ref} has no folder ${request.path}`, {
        details: { image: record.id, path: request.path },
      })
    }
    try {
      const only = request.names?.map(toByteString)
      const tree = { form: 'plain' as const, root: `/proc/self/fd/${folder}`, ...(only === undefined ? {} : { only }) }
      yield* writeLayer(tree, { signal })
    } finally {
      closeSync(folder)
    }
  } finally {
    await root.close()
  }
}

function openFolder(root: number, path: string): number | undefined {
  const found = resolvePath(root, toByteString(path), true)
  if (found.status?.type !== 'directory') return undefined
  return openWithin(root, found.path, openFlags.O_RDONLY | openFlags.O_DIRECTORY, 'in-root')
}
