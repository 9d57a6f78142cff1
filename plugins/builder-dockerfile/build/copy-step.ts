import { createHash } from 'node:crypto'
import { codedError, type BuildProgress } from '@moby/contracts'
import { openLocalArchive } from '../context/open-archive.ts'
import { downloadSource } from '../context/download.ts'
import { toBytes } from '../context/names.ts'
import { digestItems } from '../copy/digest-items.ts'
import { fileItem, folderItem, type LayerItem } from '../copy/layer-item.ts'
import { findOwner, type Owner } from '../copy/owner.ts'
import { joined, planItems, type CopyOptions } from '../copy/plan-items.ts'
import { select, type Selected } from '../copy/selection.ts'
import { streamLayer } from '../copy/stream-layer.ts'
import { dockerfileError } from '../dockerfile/dockerfile-error.ts'
import { textOf, type Heredoc } from '../dockerfile/heredoc.ts'
import type { CopyInstruction } from '../dockerfile/instruction.ts'
import { expandWord } from '../expand/expand-word.ts'
import type { Build } from './build-parts.ts'
import { commitStep } from './commit-step.ts'
import { findDestination } from './find-destination.ts'
import { fromImage, readImageFile, readSources } from './image-sources.ts'
import { workingDirectory } from './metadata-steps.ts'
import { shellOf, variablesOf, type StageState } from './stage-state.ts'
import { warning } from './warning.ts'

const root: Owner = { uid: 0, gid: 0 }

/** COPY and ADD: files of the context, of a stage, of an image or of the network become a layer. */
export async function* copyStep(
  build: Build,
  state: StageState,
  instruction: CopyInstruction,
): AsyncGenerator<BuildProgress, void> {
  const keyword = instruction.kind.toUpperCase()
  if (instruction.link === true) {
    yield warning(`${keyword} --link makes a layer like any other: it is made anew when the image below changes`)
  }
  const environment = variablesOf(state)
  const expand = (text: string) => expandWord(text, { environment, escape: build.escape })
  const sources = instruction.sources.map(expand)
  const written = expand(instruction.destination)
  const chown = instruction.chown === undefined ? undefined : expand(instruction.chown)
  const owner =
    chown === undefined ? undefined : await findOwner(chown, (path) => readImageFile(build, state.image, path))
  const options: CopyOptions = {
    // What is taken out of an image keeps its owners; what is in a context has none that would mean something.
    owner: owner ?? (instruction.from === undefined ? root : undefined),
    mode: readMode(instruction.chmod === undefined ? undefined : expand(instruction.chmod), instruction.line),
    exclude: instruction.exclude.map(expand),
    parents: instruction.parents === true,
  }
  const found = yield* findSources(build, instruction, sources, keyword, environment)
  const count = found.selected.length + found.documents.length
  if (count === 0) throw codedError('BUILD_CONTEXT_INVALID', `${keyword} failed: no source files were specified`)
  const asFolder = /(?:^|\/)\.?$/.test(written) || options.parents
  const hasSeveral = sources.length > 1 || found.selected.length > 1
  if (hasSeveral && !asFolder && !(await isFolder(build, state, written))) {
    throw codedError(
      'BUILD_CONTEXT_INVALID',
      `When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
    )
  }
  const items = await makeItems(build, state, { instruction, found, options, written, asFolder, owner })
  const what = found.selected.length === 1 && items.length === 1 ? 'file' : count > 1 ? 'multi' : 'dir'
  const digest = digestItems(items)
  const flag = chown === undefined ? '' : `--chown=${chown} `
  yield* commitStep(build, state, {
    createdBy: `${shellOf(state.config).join(' ')} #(nop) ${keyword} ${flag}${what}:${digest} in ${written} `,
    key: [instruction.kind, digest],
    config: state.config,
    layer: () => streamLayer(items),
  })
}

interface Found {
  readonly selected: readonly Selected[]
  readonly documents: readonly Heredoc[]
  /** Downloaded files are never unpacked. */
  readonly downloaded: ReadonlySet<Selected>
}

async function* findSources(
  build: Build,
  instruction: CopyInstruction,
  sources: readonly string[],
  keyword: string,
  environment: ReadonlyMap<string, string>,
): AsyncGenerator<BuildProgress, Found> {
  const documents = instruction.heredocs.map((document) => expandDocument(document, environment))
  const names = new Set(instruction.heredocs.map(({ name }) => name))
  const paths = sources.filter((source) => !(source.startsWith('<<') && names.has(source.replace(/^<<-?/, ''))))
  const others = instruction.heredocs.length === 0 ? sources : paths.filter((path) => !path.startsWith('<<'))
  if (instruction.from !== undefined) {
    const image = yield* fromImage(build, instruction.from)
    return { selected: await readSources(build, image, others, keyword), documents, downloaded: new Set() }
  }
  if (instruction.checksum !== undefined && (others.length !== 1 || !isUrl(others[0] ?? ''))) {
    throw dockerfileError(instruction.line, 'the checksum of ADD belongs to one source, which is a URL (http, https)')
  }
  const selected: Selected[] = []
  const downloaded = new Set<Selected>()
  for (const source of others) {
    if (instruction.kind === 'add' && /^(?:git@|git:\/\/|https?:\/\/\S+\.git(?:[#?]|$))/i.test(source)) {
      throw codedError('NOT_SUPPORTED', `ADD of the git repository ${source} is not supported`, {
        hint: 'Clone it into the context.',
      })
    }
    if (instruction.kind === 'add' && isUrl(source)) {
      const file = await downloadSource(source, {
        contents: build.newPath('contents'),
        checksum:
          instruction.checksum === undefined
            ? undefined
            : expandWord(instruction.checksum, { environment, escape: build.escape }),
        destination: instruction.destination,
        mostBytes: build.parts.maxContextBytes,
        signal: build.signal,
      })
      selected.push(file)
      downloaded.add(file)
    } else selected.push(...select(build.context, source, keyword))
  }
  return { selected, documents, downloaded }
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source)
}

function expandDocument(document: Heredoc, environment: ReadonlyMap<string, string>): Heredoc {
  const content = textOf(document)
  const text = document.expand ? expandWord(content, { environment, ignoreQuotes: true }) : content
  return { ...document, chomp: false, content: text }
}

interface Plan {
  readonly instruction: CopyInstruction
  readonly found: Found
  readonly options: CopyOptions
  readonly written: string
  readonly asFolder: boolean
  readonly owner: Owner | undefined
}

async function makeItems(build: Build, state: StageState, plan: Plan): Promise<LayerItem[]> {
  const { found, options, written, instruction } = plan
  const place = await findDestination(build, state, workingDirectory(state.config, written))
  const unpacks = (each: Selected) =>
    instruction.unpack ?? (instruction.kind === 'add' && instruction.from === undefined && !found.downloaded.has(each))
  const items: LayerItem[] = []
  let asFolder = plan.asFolder || place.isFolder
  for (const each of found.selected) {
    const archive = unpacks(each) ? await openLocalArchive(build, each) : undefined
    if (archive !== undefined) asFolder = true
    const destination = {
      path: place.path,
      isFolder: asFolder,
      exists: place.exists || archive !== undefined || found.selected.length > 1,
    }
    // An archive says itself whose its files are.
    const own = archive === undefined ? options : { ...options, owner: plan.owner }
    items.push(...planItems([archive ?? each], destination, own))
  }
  for (const { name, content } of found.documents) {
    const path = asFolder ? joined(place.path, toBytes(name)) : place.path
    const bytes = Buffer.from(content)
    const digest = createHash('sha256').update(bytes).digest('hex')
    const owner = options.owner ?? root
    items.push(fileItem(path, bytes, digest, { ...owner, mode: options.mode ?? 0o644, modifiedAt: now() }))
  }
  // Folders on the way to a file are of the owner that is asked for, those on the way to a folder are not.
  const ofFolders = found.documents.length === 0 && found.selected.every(({ tree, path }) => isFolderOf(tree, path))
  const owner = ofFolders ? undefined : options.owner
  const isMade = place.path === '' || items.some(({ entry }) => entry.name === `${place.path}/`)
  const missing = [...place.missing, ...(place.exists || isMade || !asFolder ? [] : [place.path])]
  return [
    ...missing.map((path) => folderItem(path, now(), { owner })),
    ...items.map((item) => asMadeNow(item, place, options.owner ?? root)),
  ]
}

function isFolderOf(tree: Selected['tree'], path: string): boolean {
  return tree.get(path)?.entry.type === 'directory'
}

/** The destination itself is new, whatever the time and owner of the folder that it is like. */
function asMadeNow(
  item: LayerItem,
  place: { readonly path: string; readonly exists: boolean },
  owner: Owner,
): LayerItem {
  if (place.exists || item.entry.name !== `${place.path}/`) return item
  return { ...item, entry: { ...item.entry, ...owner, modifiedAt: now() } }
}

async function isFolder(build: Build, state: StageState, written: string): Promise<boolean> {
  return (await findDestination(build, state, workingDirectory(state.config, written))).isFolder
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function readMode(text: string | undefined, line: number): number | undefined {
  if (text === undefined) return undefined
  if (/^0?[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8)
  throw dockerfileError(line, `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`)
}
