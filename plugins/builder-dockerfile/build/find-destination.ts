import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import { toBytes } from '../context/names.ts'
import type { Build } from './build-parts.ts'
import type { StageState } from './stage-state.ts'

/** A place in the image of a stage. */
export interface Place {
  /** Byte string without a slash in front, links resolved. */
  readonly path: string
  readonly exists: boolean
  readonly isFolder: boolean
  /** Folders above it that have to be made, uppermost first. */
  readonly missing: readonly string[]
}

/** Where a path leads in the image of a stage. Errors: BUILD_STEP_FAILED for a way through something else than folders. */
export async function findDestination(build: Build, state: StageState, path: string): Promise<Place> {
  const look = async (each: string) => {
    if (state.image === undefined) return { path: posix.normalize(each) }
    return await build.parts.images.statPath({ ref: state.image, path: each }, { signal: build.signal })
  }
  const found = await look(path)
  if ('blockedBy' in found && found.blockedBy !== undefined) {
    throw codedError('BUILD_STEP_FAILED', `cannot make ${path}: ${found.blockedBy} is not a directory`)
  }
  const clean = found.path.replace(/\/+$/, '')
  const relative = toBytes(clean.slice(1))
  if (relative === '') return { path: '', exists: true, isFolder: true, missing: [] }
  if ('status' in found && found.status !== undefined) {
    return { path: relative, exists: true, isFolder: found.status.type === 'directory', missing: [] }
  }
  const missing: string[] = []
  for (let parent = posix.dirname(clean); parent !== '/'; parent = posix.dirname(parent)) {
    const above = await look(parent)
    if ('status' in above && above.status !== undefined) break
    missing.unshift(toBytes(parent.slice(1)))
  }
  return { path: relative, exists: false, isFolder: false, missing }
}
