import { readFile } from 'node:fs/promises'
import { hasCode, type BuildProgress } from '@moby/contracts'
import { indexArchive } from '../context/index-archive.ts'
import { nameOf, parentOf, toBytes } from '../context/names.ts'
import { SourceTree } from '../context/source-tree.ts'
import { globOf, missing, type Selected } from '../copy/selection.ts'
import { hasWildcards, withoutEscapes } from '../match/go-pattern.ts'
import type { Build } from './build-parts.ts'

/** The image that `--from` means: a stage, or an image by its name. */
export async function* fromImage(build: Build, from: string): AsyncGenerator<BuildProgress, string> {
  const stage = yield* build.stageImage(from)
  if (stage !== undefined) return stage
  return (yield* build.baseImage(from, build.spec.platform)).id
}

/** Takes paths and patterns out of an image. Errors: BUILD_CONTEXT_INVALID for what it has not. */
export async function readSources(
  build: Build,
  image: string,
  sources: readonly string[],
  keyword: string,
): Promise<Selected[]> {
  const selected: Selected[] = []
  for (const source of sources) {
    const paths = hasWildcards(source) ? await expandPattern(build, image, source, keyword) : [withoutEscapes(source)]
    for (const path of paths) selected.push(await readPath(build, image, path, { source, keyword }))
  }
  return selected
}

async function readPath(
  build: Build,
  image: string,
  path: string,
  asked: { readonly source: string; readonly keyword: string },
): Promise<Selected> {
  const { images } = build.parts
  const call = { signal: build.signal }
  const found = await images.statPath({ ref: image, path }, call)
  const { status } = found
  const name = nameOf(toBytes(path.replace(/\/+$/, '')))
  const written = { name, asked: toBytes(path.replaceAll(/^\/+|\/+$/g, '')) }
  // The root of an image without layers is an empty folder.
  const isEmptyRoot = status === undefined && found.path === '/'
  if (isEmptyRoot) return { tree: new SourceTree('', []), path: '', ...written }
  if (status === undefined) throw missing(asked.source, asked.keyword)
  const isFolder = status.type === 'directory'
  const folder = isFolder ? found.path : parentOf(found.path) || '/'
  const only = isFolder ? {} : { names: [nameOf(found.path)] }
  const contents = build.newPath('contents')
  const nodes = await indexArchive(
    images.archivePath({ ref: image, path: folder, ...only }, call),
    { contents, limits: {} },
    build.signal,
  )
  const { mode, uid, gid } = status
  const entry = {
    name: '',
    type: 'directory' as const,
    mode,
    uid,
    gid,
    size: 0,
    modifiedAt: BigInt(status.modifiedNs),
    linkName: '',
    major: 0,
    minor: 0,
    xattrs: new Map<string, Uint8Array>(),
  }
  const root = isFolder ? [{ path: '', entry, offset: 0, digest: '' }] : []
  const tree = new SourceTree(contents, [...root, ...nodes])
  return { tree, path: isFolder ? '' : toBytes(nameOf(found.path)), ...written }
}

/** Paths in an image that a pattern matches, sorted. */
async function expandPattern(build: Build, image: string, pattern: string, keyword: string): Promise<string[]> {
  let paths = ['']
  for (const segment of pattern.split('/').filter((part) => part !== '' && part !== '.')) {
    const glob = globOf(segment, keyword)
    const next: string[] = []
    for (const parent of paths) {
      const names = await namesIn(build, image, parent || '/')
      next.push(...names.filter((name) => glob.matches(name)).map((name) => `${parent}/${name}`))
    }
    paths = next
  }
  return paths
}

async function namesIn(build: Build, ref: string, path: string): Promise<readonly string[]> {
  return (await build.parts.images.statPath({ ref, path, names: true }, { signal: build.signal })).names ?? []
}

/** Text of a file in the image of a stage, empty when there is none. */
export async function readImageFile(build: Build, image: string | undefined, path: string): Promise<string> {
  if (image === undefined) return ''
  try {
    const found = await readPath(build, image, path, { source: path, keyword: 'COPY' })
    const node = found.tree.get(found.path)
    if (node?.entry.type !== 'file' || node.entry.size > 4 * 1024 * 1024) return ''
    return (await readFile(found.tree.contents)).toString('utf8', node.offset, node.offset + node.entry.size)
  } catch (error) {
    if (hasCode(error, 'BUILD_CONTEXT_INVALID')) return ''
    throw error
  }
}
