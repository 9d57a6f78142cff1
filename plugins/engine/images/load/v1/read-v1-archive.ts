import { codedError, hasCode } from '@moby/contracts'
import { formatReference, parseReference } from '@moby/contracts/reference'
import { parseJson, readImageConfig, type ImageConfigFile } from '../../image-config-file.ts'
import { shortId } from '../../image-record.ts'
import type { ImagePlan } from '../image-plan.ts'
import type { ReceivedArchive } from '../received-archive.ts'
import type { ReceivedFile } from '../received-file.ts'
import { isObject } from './json-shape.ts'
import { readV1Image, writeConfig, type V1Image } from './v1-image.ts'

/** An image of the archive, with all below it. */
interface Made {
  readonly config: ImageConfigFile
  readonly parent: string | undefined
  readonly layers: readonly ReceivedFile[]
  readonly layerIds: readonly string[]
  readonly histories: readonly string[]
}

/** Finds out which layer an archive is of: `sha256:` of it uncompressed. */
export type TellDiffId = (file: ReceivedFile) => Promise<string>

/** Images that were made of one another: Docker has never taken more than 127 layers. */
const deepest = 256

/** True for an archive of a Docker before 1.10: a folder a layer, each of them an image. */
export function isV1Archive(archive: ReceivedArchive): boolean {
  const folders = archive.folders()
  if (archive.has('repositories')) return folders.length > 0
  return folders.some((id) => archive.has(`${id}/json`) && archive.has(`${id}/layer.tar`))
}

/**
 * The images of an archive of a Docker before 1.10, which knew each layer as an image: parents first. Their ids are those
 * that Docker gives them since (image/tarexport/load.go, `legacyLoad`). The `id` within is of no account there and here;
 * `repositories` is missing where images were saved by their ids. Errors: IMAGE_INVALID, IMAGE_REFERENCE_INVALID, ARCHIVE_*.
 */
export async function readV1Archive(archive: ReceivedArchive, tellDiffId: TellDiffId): Promise<ImagePlan[]> {
  const made = new Map<string, Made>()
  for (const id of archive.folders()) {
    for (const { id: next, image } of await lineOf(archive, id, made)) {
      made.set(next, await make(archive, { id: next, image, below: made.get(image.parent ?? '') }, tellDiffId))
    }
  }
  const names = await readNames(archive, made)
  return [...made].map(([id, { config, layers, layerIds, parent }]) => ({
    config,
    layers,
    layerIds,
    names: names.get(id) ?? [],
    manifests: [],
    ...(parent === undefined ? {} : { parent }),
  }))
}

/** The image and those below it that are not made yet, the lowest first. */
async function lineOf(archive: ReceivedArchive, top: string, made: ReadonlyMap<string, Made>) {
  const line = new Map<string, V1Image>()
  let child: string | undefined
  for (let id: string | undefined = top; id !== undefined && !made.has(id); id = line.get(id)?.parent) {
    if (line.has(id)) throw loop([...line.keys()], id)
    if (line.size === deepest) {
      throw codedError('ARCHIVE_LIMIT', `${tell(top)} is made of more than ${deepest} images`)
    }
    line.set(id, await readImage(archive, id, child))
    child = id
  }
  return [...line].map(([id, image]) => ({ id, image })).toReversed()
}

async function readImage(archive: ReceivedArchive, id: string, child: string | undefined): Promise<V1Image> {
  const name = `${id}/json`
  if (archive.has(name)) return readV1Image(await archive.document(name), name)
  const what =
    child === undefined
      ? `The folder ${JSON.stringify(id)} of the archive is no image: it has no json`
      : `${tell(child)} was made of ${shortId(id)}, which the archive does not hold`
  throw codedError('ARCHIVE_INVALID', what, { hint: saveAgain, details: { id } })
}

async function make(
  archive: ReceivedArchive,
  { id, image, below }: { readonly id: string; readonly image: V1Image; readonly below: Made | undefined },
  tellDiffId: TellDiffId,
): Promise<Made> {
  const name = `${id}/layer.tar`
  if (!archive.has(name)) {
    throw codedError('ARCHIVE_INVALID', `${tell(id)} has no layer.tar`, { hint: saveAgain, details: { id } })
  }
  const layer = archive.get(name)
  const diffIds = [...(below?.config.diffIds ?? []), await tellDiffId(layer)]
  const histories = [...(below?.histories ?? []), image.history]
  const bytes = writeConfig(image, { diffIds, histories })
  archive.count(bytes.length)
  return {
    config: readImageConfig(bytes, `${id}/json`),
    parent: below?.config.id,
    layers: [...(below?.layers ?? []), layer],
    layerIds: [...(below?.layerIds ?? []), id],
    histories,
  }
}

/** The names of `repositories`, complete, by the image that they are of. */
async function readNames(archive: ReceivedArchive, made: ReadonlyMap<string, Made>): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>()
  if (!archive.has('repositories')) return names
  const repositories = parseJson(await archive.document('repositories'), 'repositories')
  for (const [repository, tags] of entriesOf(repositories)) {
    for (const [tag, id] of entriesOf(tags)) {
      if (typeof id !== 'string') throw noTable()
      if (!made.has(id)) {
        const details = { repository, tag, id }
        throw codedError(
          'ARCHIVE_INVALID',
          `repositories calls ${shortId(id)} ${repository}:${tag}, and the archive has no image of that id`,
          { hint: saveAgain, details },
        )
      }
      names.set(id, [...(names.get(id) ?? []), nameOf(repository, tag)])
    }
  }
  return names
}

function nameOf(repository: string, tag: string): string {
  const { domain, path } = parseReference(repository)
  try {
    return formatReference(parseReference(`${domain}/${path}:${tag}`))
  } catch (error) {
    if (!hasCode(error, 'IMAGE_REFERENCE_INVALID')) throw error
    throw codedError('IMAGE_REFERENCE_INVALID', `repositories has the invalid tag ${JSON.stringify(tag)}`, {
      details: { repository, tag },
    })
  }
}

function entriesOf(table: unknown): [string, unknown][] {
  if (table === null) return []
  if (!isObject(table)) throw noTable()
  return Object.entries(table)
}

function noTable(): Error {
  return codedError('IMAGE_INVALID', 'repositories is no table of repositories with the images of their tags')
}

function loop(line: readonly string[], again: string): Error {
  const turns = [...line.slice(line.indexOf(again)), again].map(shortId)
  const shown = turns.length <= 5 ? turns : [...turns.slice(0, 3), '…', again.slice(0, 12)]
  return codedError('ARCHIVE_INVALID', `Images of the archive are made of each other: ${shown.join(' of ')}`, {
    hint: saveAgain,
    details: { id: again },
  })
}

function tell(id: string): string {
  return `The image ${shortId(id)} of the archive`
}

const saveAgain = 'The archive was changed or damaged. Save the image again where it comes from.'
