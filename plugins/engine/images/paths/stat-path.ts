import { closeSync } from 'node:fs'
import { codedError, type engineImages, type RequestOf, type ResponseOf } from '@moby/contracts'
import { fromByteString, listNames, openFlags, openWithin, toByteString, type FileStatus } from '@moby/lib-linux'
import type { ImageContext } from '../image-context.ts'
import { openRoot } from './open-root.ts'
import { resolvePath } from './resolve-path.ts'

/** Tells where a path leads in an image, and what is there. Errors: IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS. */
export async function statPath(
  context: ImageContext,
  request: RequestOf<typeof engineImages, 'statPath'>,
  signal?: AbortSignal,
): Promise<ResponseOf<typeof engineImages, 'statPath'>> {
  checkPath(request.path)
  const root = await openRoot(context, context.images.find(request.ref), signal)
  try {
    const path = toByteString(request.path)
    if (root.folder === undefined) return { path: fromByteString(resolveNothing(path)) }
    const found = resolvePath(root.folder, path, request.follow ?? true)
    const names =
      request.names === true && found.status?.type === 'directory' ? namesIn(root.folder, found.path) : undefined
    return {
      path: fromByteString(found.path),
      ...(found.status === undefined ? {} : { status: statusOf(found.status, found.link) }),
      ...(found.blockedBy === undefined ? {} : { blockedBy: fromByteString(found.blockedBy) }),
      ...(names === undefined ? {} : { names }),
    }
  } finally {
    await root.close()
  }
}

export function checkPath(path: string): void {
  if (!path.includes('\0') && Buffer.byteLength(path) < 4096) return
  throw codedError('PATH_INVALID', `The path ${JSON.stringify(path.slice(0, 100))} is too long or holds a zero byte`)
}

function statusOf(status: FileStatus, link: string | undefined) {
  return {
    type: status.type,
    mode: status.mode,
    uid: status.uid,
    gid: status.gid,
    size: String(status.size),
    modifiedNs: String(status.modifiedAt),
    ...(link === undefined ? {} : { link: fromByteString(link) }),
  }
}

function namesIn(root: number, path: string): string[] {
  const folder = openWithin(root, path, openFlags.O_RDONLY | openFlags.O_DIRECTORY, 'in-root')
  try {
    return listNames(folder).map(fromByteString)
  } finally {
    closeSync(folder)
  }
}

function resolveNothing(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
