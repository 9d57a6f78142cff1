import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

/** Where what can be fetched again is kept: MOBY_CACHE, else the system's place for root, the user's for others. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  const { MOBY_CACHE: own, XDG_CACHE_HOME: users } = environment
  if (own !== undefined && own !== '') return resolve(own)
  if (uid === 0) return '/var/cache/moby-origin'
  return join(users === undefined || users === '' ? join(homedir(), '.cache') : users, 'moby-origin')
}
