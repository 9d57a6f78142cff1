import type { MountSpec } from '@moby/contracts'
import { posix } from 'node:path'
import { invalidRequest } from '../wire/api-error.ts'

type Propagation = NonNullable<MountSpec['propagation']>

const propagations: ReadonlySet<string> = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'])
const options: Readonly<Record<string, ReadonlySet<string>>> = {
  access: new Set(['rw', 'ro']),
  label: new Set(['z', 'Z']),
  propagation: propagations,
  copy: new Set(['nocopy']),
  consistency: new Set(['consistent', 'cached', 'delegated']),
}

/** A bind or volume as `-v` writes it, in its parts. */
export interface Bind {
  readonly mount: MountSpec
  /** Options as written, which inspect shows. */
  readonly mode: string
}

/**
 * Reads `[source:]target[:options]`: an absolute source is a path of the host, anything else names a volume.
 * Fails with API_REQUEST_INVALID in Docker's words.
 */
export function parseBind(written: string, volumeDriver?: string): Bind {
  const parts = written.split(':')
  const [first = '', second = '', mode = ''] = parts
  if (first === '' || parts.length > 3) throw invalidBind(written)
  if (parts.length === 2 && isMode(second)) throw invalidBind(written)
  if (!isMode(mode)) throw invalidRequest(`invalid mode: ${mode}`)
  const [source, target] = parts.length === 1 ? ['', first] : [first, second]
  const type = posix.isAbsolute(source) ? 'bind' : 'volume'
  checkTarget(written, type, target)
  const words = mode.split(',')
  const propagation = words.find((word): word is Propagation => propagations.has(word))
  const noCopy = words.includes('nocopy')
  if (type === 'volume' && propagation !== undefined) throw extraField(written, type, 'BindOptions')
  if (type === 'bind' && noCopy) throw extraField(written, type, 'VolumeOptions')
  const mount: MountSpec = {
    type,
    ...(source === '' ? {} : { source: type === 'bind' ? posix.normalize(source) : source }),
    target,
    ...(words.includes('ro') ? { readOnly: true } : {}),
    ...(type === 'bind' ? { createSource: true } : {}),
    ...(propagation === undefined ? {} : { propagation }),
    ...(noCopy ? { noCopy } : {}),
    ...(type === 'volume' && volumeDriver !== undefined && volumeDriver !== '' ? { volumeDriver } : {}),
  }
  return { mount, mode }
}

/** Known options, at most one of each sort. */
function isMode(mode: string): boolean {
  if (mode === '') return true
  const sorts = mode.split(',').map((word) => Object.keys(options).find((sort) => options[sort]?.has(word)))
  return !sorts.includes(undefined) && new Set(sorts).size === sorts.length
}

function checkTarget(written: string, type: string, target: string): void {
  const complain = (reason: string) =>
    invalidRequest(`invalid volume specification: '${written}': invalid mount config for type "${type}": ${reason}`)
  if (target === '') throw complain('field Target must not be empty')
  if (posix.normalize(target).replace(/(.)\/$/, '$1') === '/') {
    throw complain("invalid specification: destination can't be '/'")
  }
  if (!posix.isAbsolute(target)) throw complain(`invalid mount path: '${target}' mount path must be absolute`)
}

function invalidBind(written: string) {
  return invalidRequest(`invalid volume specification: '${written}'`)
}

function extraField(written: string, type: string, field: string) {
  return invalidRequest(
    `invalid volume specification: '${written}': invalid mount config for type "${type}": field ${field} must not be specified`,
  )
}
