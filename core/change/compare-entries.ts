import { isDeepStrictEqual } from 'node:util'
import type { LockEntry } from '@moby/contracts'
import type { MemberFacts } from '../lifecycle/member.ts'

/** What differs between two forms of an entry, in words; nothing for two that run alike. */
export function compareEntries(from: MemberFacts, to: MemberFacts): string[] {
  const [old, next] = [from.locked, to.locked]
  const differs = (key: keyof LockEntry) => !isDeepStrictEqual(old[key], next[key])
  return [
    ...(old.use === next.use ? [] : [`component ${old.use} -> ${next.use}`]),
    ...(old.version === next.version ? [] : [`version ${old.version} -> ${next.version}`]),
    ...(old.mode === next.mode ? [] : [`mode ${old.mode} -> ${next.mode}`]),
    ...(differs('driver')
      ? [`driver ${old.driver ?? 'of the component'} -> ${next.driver ?? 'of the component'}`]
      : []),
    ...(old.version === next.version && (differs('digest') || differs('descriptor')) ? ['files'] : []),
    ...changedKeys(from.config, to.config).map((key) => `config ${key}`),
  ]
}

/** Permissions and grants of an entry, one word or two each. */
export function rightsOf({ permissions, grants = {} }: LockEntry): string[] {
  const { mounts = [], capabilities = [], devices = [], network, root, shareMounts, pids, memoryBytes } = grants
  return [
    ...permissions,
    ...mounts.map(({ source, readOnly }) => `mount ${source}${readOnly ? ' (read-only)' : ''}`),
    ...capabilities,
    ...devices.map(({ path, access = 'rw' }) => `device ${path} (${access})`),
    ...(network === undefined || network === 'none' ? [] : [`network ${network}`]),
    ...(root === undefined || root === 'read-only' ? [] : [`root ${root}`]),
    ...(shareMounts === true ? ['shared mounts'] : []),
    ...(pids === undefined ? [] : [`pids ${pids}`]),
    ...(memoryBytes === undefined ? [] : [`memory ${memoryBytes} bytes`]),
  ]
}

/** Paths of configuration keys with other values, of the smallest parts that are no lists. */
function changedKeys(from: unknown, to: unknown, path = ''): string[] {
  if (isDeepStrictEqual(from, to)) return []
  if (!isMapping(from) || !isMapping(to)) return [path]
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return keys.flatMap((key) => changedKeys(from[key], to[key], path === '' ? key : `${path}.${key}`))
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
