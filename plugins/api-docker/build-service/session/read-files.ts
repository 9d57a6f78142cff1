import { codedError } from '@moby/contracts'
import { posix } from 'node:path'
import type { ClientSession } from './client-session.ts'
import { receiveFiles } from './receive-files.ts'

/** Bytes of a Dockerfile or .dockerignore at most. */
const textLimit = 4 * 1024 * 1024

/** How many links a path may lead through. */
const mostLinks = 20

/** Texts of files in a folder of the client by their paths; those that are not there are absent. */
export async function readFiles(
  session: ClientSession,
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  // The client sends links as they are, and what they lead to beside them.
  const links = new Map<string, string>()
  for await (const { entry, content } of receiveFiles(session, { folder, only: paths }, signal)) {
    const name = Buffer.from(entry.name, 'latin1').toString()
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of content) {
      length += piece.length
      if (length > textLimit) {
        throw codedError('BUILD_CONTEXT_INVALID', `${name} is larger than ${textLimit} bytes`)
      }
      pieces.push(piece)
    }
    if (entry.type === 'file') texts.set(name, Buffer.concat(pieces).toString())
    else if (entry.type === 'symlink') links.set(name, Buffer.from(entry.linkName, 'latin1').toString())
  }
  return new Map(
    paths.flatMap((path) => {
      const text = texts.get(resolve(posix.normalize(path), links))
      return text === undefined ? [] : [[path, text] as const]
    }),
  )
}

function resolve(path: string, links: ReadonlyMap<string, string>): string {
  let at = path
  for (let count = 0; count < mostLinks; count += 1) {
    const target = links.get(at)
    if (target === undefined) return at
    at = posix.join(target.startsWith('/') ? '.' : posix.dirname(at), target).replace(/^\/+/, '')
  }
  return at
}
