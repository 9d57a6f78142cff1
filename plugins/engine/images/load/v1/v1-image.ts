import { codedError } from '@moby/contracts'
import { isObject, memberOf } from './json-shape.ts'
import { normalizeTime } from './json-time.ts'
import { readMembers, writeMembers, writeText } from './json-text.ts'
import { v1Shape } from './v1-shape.ts'

/** Since this version what Docker wrote is kept as it is; before, a pull and a push could lose empty fields. */
const faithfulSince = [1, 8, 3]
/** What tells of an image alone, and not of what it is made from its layers. */
const dropped = ['id', 'parent', 'Size', 'parent_id', 'layer_id', 'throwaway']

/** The `json` of an image of a Docker before 1.10. */
export interface V1Image {
  /** The id of the image that it was made of. */
  readonly parent: string | undefined
  /** Members of its configuration that are taken over, as they are written. */
  readonly members: ReadonlyMap<string, string>
  /** The entry for its layer in the history of an image, as it is written. */
  readonly history: string
}

/**
 * Reads the `json` of an image, to be made a configuration of today by the rules of Docker (image/v1/imagev1.go). Fails
 * with IMAGE_INVALID; `source` says where it stands.
 */
export function readV1Image(bytes: Uint8Array, source: string): V1Image {
  const json = decode(bytes, source)
  const value: unknown = parse(json, source)
  if (!isObject(value)) throw codedError('IMAGE_INVALID', `${source} is no JSON of an image`)
  // All of it must be what Docker could read, also where it is taken over as it is written.
  const written = v1Shape(value, source).text
  checkSystem(memberOf(value, 'os') as string | undefined, source)
  const parent = memberOf(value, 'parent') as string | undefined
  const version = (memberOf(value, 'docker_version') as string | undefined) ?? ''
  const members = readMembers(isFaithful(version) ? json : written)
  for (const name of dropped) members.delete(name)
  return { parent: parent === '' ? undefined : parent, members, history: historyOf(value) }
}

/** The bytes of the configuration: `histories` and `diffIds` from the base upwards, its own at the end. */
export function writeConfig(
  image: V1Image,
  { diffIds, histories }: { readonly diffIds: readonly string[]; readonly histories: readonly string[] },
): Uint8Array {
  const members = new Map(image.members)
  members.set('rootfs', `{"type":"layers","diff_ids":[${diffIds.map(writeText).join(',')}]}`)
  members.set('history', `[${histories.join(',')}]`)
  return Buffer.from(writeMembers(members))
}

function historyOf(value: unknown): string {
  const created = memberOf(value, 'created') as string | undefined
  const command = memberOf(memberOf(value, 'container_config'), 'Cmd') as string | (string | null)[] | undefined
  const entry = {
    created: created === undefined ? undefined : normalizeTime(created),
    created_by: typeof command === 'string' ? command : command?.map((word) => word ?? '').join(' '),
    author: memberOf(value, 'author') as string | undefined,
    comment: memberOf(value, 'comment') as string | undefined,
  }
  const members = Object.entries(entry).filter(([, text]) => text !== undefined && text !== '')
  return `{${members.map(([name, text]) => `"${name}":${writeText(text ?? '')}`).join(',')}}`
}

function checkSystem(os: string | undefined, source: string): void {
  if (os === undefined || os === '' || os === 'linux') return
  throw codedError('IMAGE_INVALID', `cannot load ${os} image on linux`, { details: { os, source } })
}

function isFaithful(version: string): boolean {
  const numbers = version.split('.').map((part) => (/^[+-]?\d+$/.test(part) ? Number(part) : 0))
  for (const [at, least] of faithfulSince.entries()) {
    const number = numbers[at] ?? 0
    if (number !== least) return number > least
  }
  return true
}

/** Bytes that are no UTF-8 are refused: replaced they would make another image of it. */
function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw codedError('IMAGE_INVALID', `${source} is no UTF-8`, { cause: error })
  }
}

function parse(json: string, source: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw codedError('IMAGE_INVALID', `${source} is no JSON`, { cause: error })
  }
}
