import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Milliseconds: what does not answer by then is no shim. One that is only slow must not pass for an older one. */
const longestAnswerMs = 20_000

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

/** The version that a shim says it has. */
export async function askShimVersion(binary: string): Promise<ShimVersion | undefined> {
  return await run(binary, ['-v'], { timeout: longestAnswerMs }).then(
    ({ stdout }) => parseShimVersion(stdout),
    () => undefined,
  )
}
