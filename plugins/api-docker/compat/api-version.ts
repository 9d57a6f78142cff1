import { codedError } from '@moby/contracts'

/** Minor numbers of the first and last version of the API that are served; the major is 1. */
export const oldest = 24
export const newest = 51

/** The version that is told to clients, and meant by a path without one. */
export const newestVersion = `1.${newest}`
export const oldestVersion = `1.${oldest}`

/**
 * Reads the version of a path: `1.44` is 44. Fails with API_VERSION_UNSUPPORTED in Docker's words, which clients show.
 */
export function readVersion(written: string): number {
  const parts = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.\d{1,6})*$/.exec(written)
  if (parts === null) {
    throw unsupported(
      `client version ${written.slice(0, 32)} is no version. The API serves ${oldestVersion} to ${newestVersion}`,
    )
  }
  const [major, minor] = [Number(parts[1]), Number(parts[2] ?? 0)]
  if (major < 1 || (major === 1 && minor < oldest)) {
    throw unsupported(
      `client version ${written} is too old. Minimum supported API version is ${oldestVersion}, ` +
        'please upgrade your client to a newer version',
    )
  }
  if (major > 1 || minor > newest) {
    throw unsupported(`client version ${written} is too new. Maximum supported API version is ${newestVersion}`)
  }
  return minor
}

function unsupported(message: string) {
  return codedError('API_VERSION_UNSUPPORTED', message)
}
