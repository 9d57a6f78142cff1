import { open } from 'node:fs/promises'
import { codedError, isCodedError, type BuildSpec } from '@moby/contracts'
import { compressionOf, decompress, peek, recognizeCompression, signatureLength } from '@moby/lib-tar'
import { insideContext } from '../copy/selection.ts'
import { PatternMatcher } from '../ignore/pattern-matcher.ts'
import { readIgnoreFile } from '../ignore/read-ignore-file.ts'
import { openUrl } from './download.ts'
import { indexArchive } from './index-archive.ts'
import { toBytes, toText } from './names.ts'
import { SourceTree } from './source-tree.ts'

export interface PreparedContext {
  readonly tree: SourceTree
  readonly dockerfile: string
}

interface Place {
  readonly contents: string
  readonly mostBytes: number
  readonly signal: AbortSignal
}

const textLimit = 4 * 1024 * 1024

/**
 * Takes the context in once, finds the Dockerfile, and leaves out what .dockerignore says; a file of the Dockerfile's
 * name with that ending goes before it. Errors: BUILD_CONTEXT_INVALID, DOCKERFILE_INVALID, NOT_SUPPORTED.
 */
export async function prepareContext(
  spec: BuildSpec,
  input: AsyncIterable<Uint8Array>,
  place: Place,
): Promise<PreparedContext> {
  const remote = spec.remote ?? ''
  const source = remote === '' ? { body: input, isText: false } : await openRemote(remote, place.signal)
  const { start, whole } = await peek(source.body, signatureLength)
  try {
    if (source.isText) {
      const dockerfile = await readText(whole)
      return { tree: new SourceTree(place.contents, []), dockerfile }
    }
    if (start.length === 0 && spec.dockerfileContent !== undefined) {
      return { tree: new SourceTree(place.contents, []), dockerfile: spec.dockerfileContent }
    }
    const tree = await readArchive(start, whole, place)
    const dockerfile = spec.dockerfileContent ?? (await readDockerfile(tree, spec.dockerfile))
    leaveOut(tree, spec.ignoreContent ?? (await readIgnored(tree, spec.dockerfile)))
    return { tree, dockerfile }
  } finally {
    await whole.return?.()
  }
}

async function readArchive(
  start: Uint8Array,
  whole: AsyncIterable<Uint8Array>,
  { contents, mostBytes, signal }: Place,
): Promise<SourceTree> {
  try {
    const archive = decompress(whole, compressionOf(start, 'The build context'))
    return new SourceTree(contents, await indexArchive(archive, { contents, limits: { bytes: mostBytes } }, signal))
  } catch (error) {
    if (!isCodedError(error) || !error.code.startsWith('ARCHIVE_')) throw error
    throw codedError('BUILD_CONTEXT_INVALID', `The build context cannot be read: ${error.message}`, {
      cause: error,
      hint: 'Send a tar archive, plain or compressed with gzip or zstd.',
    })
  }
}

async function readDockerfile(tree: SourceTree, name: string): Promise<string> {
  const path = tree.resolve(toBytes(insideContext(name, 'Dockerfile')))
  const node = path === undefined ? undefined : tree.get(path)
  if (node?.entry.type !== 'file') {
    throw codedError('BUILD_CONTEXT_INVALID', `Cannot locate specified Dockerfile: ${name}`, {
      hint: 'Name it with --file; it must be in the context.',
    })
  }
  return await textOf(tree, path ?? '')
}

async function readIgnored(tree: SourceTree, dockerfile: string): Promise<string> {
  const own = `${insideContext(dockerfile, 'Dockerfile')}.dockerignore`
  const name = tree.get(toBytes(own)) === undefined ? '.dockerignore' : own
  return tree.get(toBytes(name))?.entry.type === 'file' ? await textOf(tree, toBytes(name)) : ''
}

function leaveOut(tree: SourceTree, ignored: string): void {
  const matcher = new PatternMatcher(readIgnoreFile(ignored))
  if (!matcher.isEmpty) removeMatching(tree, '', matcher)
}

/** A folder that is left out goes with all that is in it, unless an exception may be in it. */
function removeMatching(tree: SourceTree, folder: string, matcher: PatternMatcher): boolean {
  let isEmpty = true
  for (const name of tree.namesIn(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`
    const isFolder = tree.get(path)?.entry.type === 'directory'
    const isMeant = matcher.matches(toText(path))
    if (isMeant && !(isFolder && matcher.hasExceptions)) {
      tree.remove(path)
      continue
    }
    const isNowEmpty = isFolder && removeMatching(tree, path, matcher)
    if (isMeant && isNowEmpty) tree.remove(path)
    else isEmpty = false
  }
  return isEmpty
}

async function textOf(tree: SourceTree, path: string): Promise<string> {
  const node = tree.get(path)
  if (node === undefined || node.entry.size === 0) return ''
  if (node.entry.size > textLimit) {
    throw codedError('BUILD_CONTEXT_INVALID', `${toText(path)} is larger than ${textLimit} bytes`)
  }
  const file = await open(tree.contents, 'r')
  try {
    const buffer = Buffer.alloc(node.entry.size)
    await file.read(buffer, 0, buffer.length, node.offset)
    return buffer.toString('utf8')
  } finally {
    await file.close()
  }
}

async function openRemote(
  url: string,
  signal: AbortSignal,
): Promise<{ body: AsyncIterable<Uint8Array>; isText: boolean }> {
  if (!/^https?:\/\//i.test(url) || /\.git(?:[#?]|$)/.test(url)) {
    throw codedError('NOT_SUPPORTED', `A build from ${url} is not supported`, {
      hint: 'Clone the repository and build from its folder, or give the URL of an archive.',
    })
  }
  const response = await openUrl(url, signal)
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>
  const { start, whole } = await peek(body, 262)
  const isArchive =
    recognizeCompression(start) !== 'none' ||
    Buffer.from(start).toString('latin1', 257, 262) === 'ustar' ||
    isOldTar(start)
  return { body: whole, isText: !isArchive }
}

/** An archive from before ustar has zeros after its name. */
function isOldTar(start: Uint8Array): boolean {
  return start.includes(0)
}

async function readText(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of input) {
    length += chunk.length
    if (length > textLimit)
      throw codedError('BUILD_CONTEXT_INVALID', `The Dockerfile is larger than ${textLimit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
