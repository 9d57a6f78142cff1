import { isDeepStrictEqual } from 'node:util'
import { codedError } from '@moby/contracts'
import type { EngineConfig } from './containers/container-context.ts'

/** What is asked for at each use, so that a change counts for all that is made afterwards. */
const live = [
  'logDriver',
  'logOptions',
  'runtime',
  'stopTimeout',
  'shmSizeBytes',
  'cdiSpecDirs',
  'maxConcurrentDownloads',
  'maxConcurrentUploads',
  'labels',
  'debug',
  'dns',
  'dnsSearch',
  'dnsOptions',
  'ulimits',
  'init',
  'noNewPrivileges',
  'seccompProfile',
  'ipcMode',
  'cgroupnsMode',
  'cgroupParent',
] as const satisfies readonly (keyof EngineConfig)[]

/**
 * Checks whether the running engine can take a configuration, and answers the function that takes it. Fails with
 * RECONFIGURE_LATER and the keys that only a start can change.
 */
export function reconfigureEngine(current: EngineConfig, next: EngineConfig): () => void {
  const keys = [...new Set([...Object.keys(current), ...Object.keys(next)])] as (keyof EngineConfig)[]
  const fixed = keys.filter(
    (key) => !(live as readonly string[]).includes(key) && !isDeepStrictEqual(current[key], next[key]),
  )
  if (fixed.length > 0) {
    throw codedError('RECONFIGURE_LATER', `The engine takes ${fixed.join(', ')} at its start alone`)
  }
  return () => void Object.assign(current, Object.fromEntries(live.map((key) => [key, next[key]])))
}
