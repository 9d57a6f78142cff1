import { dockerfileError } from './dockerfile-error.ts'

/** What `RUN --mount` asks for. Paths and names are not expanded yet. */
export interface Mount {
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret'
  readonly target?: string | undefined
  readonly source?: string | undefined
  readonly from?: string | undefined
  readonly readOnly: boolean
  readonly id?: string | undefined
  readonly sharing: 'shared' | 'private' | 'locked'
  readonly required: boolean
  readonly mode?: number | undefined
  readonly uid: number
  readonly gid: number
  /** Variable that a secret is put into. */
  readonly env?: string | undefined
  /** Bytes of a tmpfs. */
  readonly size?: number | undefined
}

const spellings: Readonly<Record<string, string>> = {
  dst: 'target',
  destination: 'target',
  src: 'source',
  ro: 'readonly',
  rw: 'readwrite',
}
const keysOf: Readonly<Record<Mount['type'], readonly string[]>> = {
  bind: ['type', 'target', 'source', 'from', 'readonly', 'readwrite'],
  cache: ['type', 'target', 'source', 'from', 'readonly', 'readwrite', 'id', 'sharing', 'mode', 'uid', 'gid'],
  tmpfs: ['type', 'target', 'size'],
  secret: ['type', 'target', 'id', 'required', 'mode', 'uid', 'gid', 'env', 'source'],
}

/** Reads the value of `--mount`, `type=cache,target=/x`. Fails with DOCKERFILE_INVALID. */
export function readMount(text: string, line: number): Mount {
  const given = new Map<string, string>()
  for (const field of text.split(',')) {
    const [, key = '', equals, value = ''] = /^([^=]*)(=)?([\s\S]*)$/.exec(field.trim()) ?? []
    const name = spellings[key.toLowerCase()] ?? key.toLowerCase()
    given.set(name, equals === undefined ? 'true' : value)
  }
  const type = readType(given.get('type') ?? 'bind', line)
  for (const key of given.keys()) {
    if (!keysOf[type].includes(key)) {
      throw dockerfileError(
        line,
        `unexpected key '${key}' for mount type '${type}'`,
        `It knows ${keysOf[type].join(', ')}.`,
      )
    }
  }
  const target = given.get('target')
  if (target === undefined && type !== 'secret') throw dockerfileError(line, `mount type ${type} requires a target`)
  return {
    type,
    target,
    source: given.get('source'),
    from: given.get('from'),
    readOnly: isReadOnly(type, given),
    id: given.get('id'),
    sharing: readSharing(given.get('sharing'), line),
    required: given.get('required') === 'true',
    mode: readNumber(given.get('mode'), 8, 'mode', line),
    uid: readNumber(given.get('uid'), 10, 'uid', line) ?? 0,
    gid: readNumber(given.get('gid'), 10, 'gid', line) ?? 0,
    env: given.get('env'),
    size: readSize(given.get('size'), line),
  }
}

function readType(type: string, line: number): Mount['type'] {
  if (type === 'bind' || type === 'cache' || type === 'tmpfs' || type === 'secret') return type
  if (type === 'ssh') {
    throw dockerfileError(
      line,
      'RUN --mount=type=ssh is not supported by this builder',
      'Use a secret, or name a BuildKit daemon in the configuration of api-docker.',
    )
  }
  throw dockerfileError(line, `unsupported mount type ${JSON.stringify(type)}`)
}

function isReadOnly(type: Mount['type'], given: ReadonlyMap<string, string>): boolean {
  if (given.get('readonly') !== undefined) return given.get('readonly') !== 'false'
  if (given.get('readwrite') !== undefined) return given.get('readwrite') === 'false'
  return type === 'bind'
}

function readSharing(text: string | undefined, line: number): Mount['sharing'] {
  if (text === undefined) return 'shared'
  if (text === 'shared' || text === 'private' || text === 'locked') return text
  throw dockerfileError(line, `unsupported sharing value ${JSON.stringify(text)}`)
}

function readNumber(text: string | undefined, base: 8 | 10, key: string, line: number): number | undefined {
  if (text === undefined) return undefined
  const pattern = base === 8 ? /^[0-7]{1,5}$/ : /^\d{1,10}$/
  if (!pattern.test(text)) throw dockerfileError(line, `invalid value ${text} for ${key}`)
  return Number.parseInt(text, base)
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

function readSize(text: string | undefined, line: number): number | undefined {
  if (text === undefined) return undefined
  const [, amount = '', unit = ''] = /^(\d+)\s*([kmg]?)i?b?$/i.exec(text) ?? []
  if (amount === '') throw dockerfileError(line, `invalid value ${text} for size`)
  return Number(amount) * (sizeUnits[unit.toLowerCase()] ?? 1)
}
