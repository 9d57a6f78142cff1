import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile, chown, chmod } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { codedError, type BuildProgress, type MountSpec } from '@moby/contracts'
import { applyLayer } from '@moby/lib-tar'
import type { CacheMountWish } from '../cache/cache-mounts.ts'
import type { SourceTree } from '../context/source-tree.ts'
import { digestItems } from '../copy/digest-items.ts'
import type { LayerItem } from '../copy/layer-item.ts'
import { planItems } from '../copy/plan-items.ts'
import { select } from '../copy/selection.ts'
import { streamLayer } from '../copy/stream-layer.ts'
import type { RunInstruction } from '../dockerfile/instruction.ts'
import type { Mount } from '../dockerfile/read-mount.ts'
import { expandWord } from '../expand/expand-word.ts'
import type { Build } from './build-parts.ts'
import { fromImage, readSources } from './image-sources.ts'
import { variablesOf, type StageState } from './stage-state.ts'

/** Mounts of one RUN. Nothing of them is on disk before `open`. */
export interface PreparedMounts {
  /** What they add to the name of the step. */
  readonly key: readonly unknown[]
  readonly specs: readonly MountSpec[]
  readonly env: readonly string[]
  /** Paths that exist in the container for the mounts alone. */
  readonly points: readonly string[]
  open(): Promise<void>
  close(): Promise<void>
}

interface Collected {
  readonly key: unknown[]
  readonly specs: MountSpec[]
  readonly env: string[]
  readonly opening: (() => Promise<void>)[]
  readonly caches: { readonly at: number; readonly wish: CacheMountWish }[]
  readonly closing: (() => Promise<void> | void)[]
}

/** Prepares the mounts of a RUN. Errors: BUILD_STEP_FAILED, BUILD_CONTEXT_INVALID. */
export async function* prepareMounts(
  build: Build,
  state: StageState,
  instruction: RunInstruction,
  script: { readonly path: string; readonly text: string } | undefined,
): AsyncGenerator<BuildProgress, PreparedMounts> {
  const collected: Collected = { key: [], specs: [], env: [], opening: [], caches: [], closing: [] }
  for (const mount of instruction.mounts) {
    yield* addMount(build, expanded(mount, build, state), collected)
  }
  if (script !== undefined) addFile(build, collected, { ...script, mode: 0o755, uid: 0, gid: 0 })
  return {
    ...collected,
    points: collected.specs.flatMap(({ target }) => withFolders(target)),
    open: async () => {
      for (const open of collected.opening) await open()
      await takeCaches(build, collected)
    },
    close: async () => {
      const ends = await Promise.allSettled(collected.closing.map(async (close) => await close()))
      for (const end of ends) {
        if (end.status === 'fulfilled') continue
        build.parts.log.warn('a mount of a build was not removed', { error: String(end.reason) })
      }
    },
  }
}

function expanded(mount: Mount, build: Build, state: StageState): Mount {
  const environment = variablesOf(state)
  const expand = (text: string | undefined) =>
    text === undefined ? undefined : expandWord(text, { environment, escape: build.escape })
  const target = expand(mount.target)
  return {
    ...mount,
    target: target === undefined ? undefined : posix.resolve('/', state.config.WorkingDir ?? '', target),
    source: expand(mount.source),
    from: expand(mount.from),
    id: expand(mount.id),
  }
}

async function* addMount(build: Build, mount: Mount, collected: Collected): AsyncGenerator<BuildProgress, void> {
  const { target = '' } = mount
  switch (mount.type) {
    case 'tmpfs': {
      const size = mount.size === undefined ? {} : { tmpfsSizeBytes: mount.size }
      collected.specs.push({ type: 'tmpfs', target, ...size })
      collected.key.push(['tmpfs', target, mount.size])
      return
    }
    case 'secret':
      return addSecret(build, mount, collected)
    case 'cache': {
      const fill = mount.from === undefined ? undefined : yield* itemsOf(build, mount)
      addCache(build, mount, fill?.items, collected)
      return
    }
    case 'bind': {
      const { items, isFile } = yield* itemsOf(build, mount)
      const folder = build.newPath('mount')
      collected.key.push(['bind', target, mount.readOnly, digestItems(items)])
      collected.opening.push(() => unpack(folder, items, build.signal))
      collected.closing.push(() => rm(folder, { recursive: true, force: true }))
      const source = isFile ? join(folder, 'file') : folder
      collected.specs.push({ type: 'bind', source, target, readOnly: mount.readOnly })
    }
  }
}

async function* itemsOf(
  build: Build,
  mount: Mount,
): AsyncGenerator<BuildProgress, { items: LayerItem[]; isFile: boolean }> {
  const source = mount.source ?? '/'
  const image = mount.from === undefined ? undefined : yield* fromImage(build, mount.from)
  const selected =
    image === undefined
      ? select(build.context, source, 'RUN --mount')
      : await readSources(build, image, [source], 'RUN --mount')
  const [only] = selected
  const tree: SourceTree = only?.tree ?? build.context
  const isFile = tree.get(only?.path ?? '')?.entry.type !== 'directory'
  const destination = isFile
    ? { path: 'file', isFolder: false, exists: false }
    : { path: '', isFolder: true, exists: false }
  return { items: planItems(selected, destination, { exclude: [], parents: false }), isFile }
}

function addCache(build: Build, mount: Mount, fill: readonly LayerItem[] | undefined, collected: Collected): void {
  const { target = '', sharing, uid, gid, mode = 0o755 } = mount
  const id = mount.id ?? target
  collected.caches.push({
    at: collected.specs.length,
    wish: {
      id,
      sharing,
      mode,
      uid,
      gid,
      ...(fill === undefined ? {} : { fill: (folder: string) => unpack(folder, fill, build.signal) }),
    },
  })
  collected.specs.push({ type: 'bind', source: '', target, readOnly: mount.readOnly })
  collected.key.push(['cache', target, id, mount.readOnly])
}

/** In the order of their ids, so that two builds cannot wait for each other. One that is named twice is locked once. */
async function takeCaches({ parts, signal }: Build, collected: Collected): Promise<void> {
  const locked = new Set<string>()
  for (const { at, wish } of collected.caches.toSorted((a, b) => (a.wish.id < b.wish.id ? -1 : 1))) {
    const isOurs = wish.sharing === 'locked' && locked.has(wish.id)
    const use = await parts.mounts.use(isOurs ? { ...wish, sharing: 'shared' } : wish, signal)
    collected.closing.push(use.release)
    if (wish.sharing === 'locked') locked.add(wish.id)
    const spec = collected.specs[at]
    if (spec !== undefined) collected.specs[at] = { ...spec, source: use.folder }
  }
}

function addSecret(build: Build, mount: Mount, collected: Collected): void {
  const id = mount.id ?? posix.basename(mount.target ?? mount.source ?? '')
  const secret = build.spec.secrets?.[id]
  collected.key.push(['secret', id, mount.target, mount.env])
  if (secret === undefined) {
    if (!mount.required) return
    throw codedError('BUILD_STEP_FAILED', `secret ${id}: not found`, {
      hint: `Give it with --secret id=${id},src=FILE. The classic protocol of builds (DOCKER_BUILDKIT=0) carries no secrets.`,
    })
  }
  if (mount.env !== undefined) collected.env.push(`${mount.env}=${Buffer.from(secret).toString()}`)
  if (mount.env !== undefined && mount.target === undefined) return
  const path = mount.target ?? `/run/secrets/${id}`
  addFile(build, collected, { path, text: secret, mode: mount.mode ?? 0o400, uid: mount.uid, gid: mount.gid })
}

interface MountedFile {
  readonly path: string
  readonly text: string | Uint8Array
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

function addFile({ parts, newPath }: Build, collected: Collected, file: MountedFile): void {
  const name = createHash('sha256').update(newPath('file')).digest('hex')
  const source = join(parts.runFolder, name)
  collected.opening.push(async () => {
    await mkdir(parts.runFolder, { recursive: true, mode: 0o700 })
    await writeFile(source, file.text, { mode: 0o600 })
    await chown(source, file.uid, file.gid)
    await chmod(source, file.mode)
  })
  collected.closing.push(() => rm(source, { force: true }))
  collected.specs.push({ type: 'bind', source, target: file.path, readOnly: true })
}

async function unpack(folder: string, items: readonly LayerItem[], signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  await applyLayer({ root: folder }, streamLayer(items), { signal })
}

/** A path and the folders above it, `/a`, `/a/b`. */
function withFolders(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)
}
