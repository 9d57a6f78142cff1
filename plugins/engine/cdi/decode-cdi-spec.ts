import { codedError } from '@moby/contracts'
import type { CdiDevice, CdiDeviceNode, CdiEdits, CdiHook, CdiMount, CdiSpec } from './cdi-spec.ts'

type Reader<T> = (value: unknown, at: string) => T | undefined
type Read<T> = { readonly [K in keyof T]-?: Reader<T[K]> }

/**
 * Reads the types of a spec; what its rules say is for `checkCdiSpec`. Unknown keys are mistakes: a spec that asks for
 * what is not understood must not be half followed. Fails with CDI_SPEC_INVALID.
 */
export function decodeCdiSpec(value: unknown): CdiSpec {
  const spec = read(specFields)(value, '')
  if (spec === undefined) throw invalidSpec('no Spec data')
  return { ...spec, cdiVersion: spec.cdiVersion ?? '', kind: spec.kind ?? '', devices: spec.devices ?? [] }
}

export function invalidSpec(message: string) {
  return codedError('CDI_SPEC_INVALID', message)
}

const text: Reader<string> = kind('string', (value) => typeof value === 'string')
const flag: Reader<boolean> = kind('boolean', (value) => typeof value === 'boolean')
const integer: Reader<number> = kind('integer', (value) => Number.isSafeInteger(value))
const texts = list(text)
const textMap: Reader<Record<string, string>> = (value, at) => {
  const map = kind<Record<string, unknown>>('object', isObject)(value, at)
  for (const [key, each] of Object.entries(map ?? {})) text(each, `${at}.${key}`)
  return map as Record<string, string> | undefined
}

const mount: Read<CdiMount> = { hostPath: text, containerPath: text, options: texts, type: text } as Read<CdiMount>
const hook = { hookName: text, path: text, args: texts, env: texts, timeout: integer } as Read<CdiHook>
const node = {
  path: text,
  hostPath: text,
  type: text,
  major: integer,
  minor: integer,
  fileMode: integer,
  permissions: text,
  uid: integer,
  gid: integer,
} as Read<CdiDeviceNode>
const intelRdt = { closID: text, l3CacheSchema: text, memBwSchema: text, enableCMT: flag, enableMBM: flag }
const edits = {
  env: texts,
  deviceNodes: list(read(node)),
  hooks: list(read(hook)),
  mounts: list(read(mount)),
  intelRdt: read(intelRdt as Read<NonNullable<CdiEdits['intelRdt']>>),
  additionalGids: list(integer),
} as Read<CdiEdits>
const device = { name: text, annotations: textMap, containerEdits: read(edits) } as Read<CdiDevice>
const specFields = {
  cdiVersion: text,
  kind: text,
  annotations: textMap,
  devices: list(read(device)),
  containerEdits: read(edits),
} as Read<CdiSpec>

/** An object of these fields. */
function read<T extends object>(fields: Read<T>): Reader<T> {
  return (value, at) => {
    const given = kind<Record<string, unknown>>('object', isObject)(value, at)
    if (given === undefined) return undefined
    const result: Record<string, unknown> = {}
    for (const [key, entry] of Object.entries(given)) {
      const reader = Object.hasOwn(fields, key) ? (fields as Record<string, Reader<unknown>>)[key] : undefined
      if (reader === undefined) throw invalidSpec(`unknown field "${at}${key}"`)
      const decoded = reader(entry, `${at}${key}.`)
      if (decoded !== undefined) result[key] = decoded
    }
    return result as T
  }
}

function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, at) => {
    const given = kind<unknown[]>('array', Array.isArray)(value, at)
    return given?.flatMap((entry) => item(entry, at) ?? [])
  }
}

function kind<T>(name: string, fits: (value: unknown) => boolean): Reader<T> {
  return (value, at) => {
    if (value === undefined || value === null) return undefined
    if (!fits(value)) throw invalidSpec(`field "${at.replace(/\.$/, '')}" must be of type ${name}`)
    return value as T
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
