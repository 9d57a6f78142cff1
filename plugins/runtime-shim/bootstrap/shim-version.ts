import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ShimVersion {
  readonly major: number
  readonly minor: number
}

/** Reads the `Version:` line of `shim -v`. Undefined for shims that print another: they speak an older dialect. */
export function parseShimVersion(text: string): ShimVersion | undefined {
  const [, major, minor] = /^\s*Version:\s*v?(\d+)\.(\d+)/m.exec(text) ?? []
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) }
}

export function formatVersion(version: ShimVersion | undefined): string {
  return version === undefined ? 'unknown' : `${version.major}.${version.minor}`
}

/** Asks shims for their versions, again only when the file has changed. */
export class ShimVersions {
  readonly #known = new Map<string, Promise<ShimVersion | undefined>>()

  of(binary: string): Promise<ShimVersion | undefined> {
    const { mtimeMs, size, ino } = statSync(binary)
    const key = `${binary} ${mtimeMs} ${size} ${ino}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const asked = run(binary, ['-v'], { timeout: 5000 }).then(
      ({ stdout }) => parseShimVersion(stdout),
      () => undefined,
    )
    this.#known.set(key, asked)
    return asked
  }
}
