import { entryError } from './archive-error.ts'

/**
 * Where a sparse file has the map of its fragments (GNU tar manual, "Storing Sparse Files"): in its header and blocks
 * that follow (type S), in pax records (versions 0.0 and 0.1), before its data (version 1.0).
 */
export type SparseForm = 'header' | 'records' | 'content'

/** Keys of pax records about sparse files begin with it. */
export const sparsePrefix = 'GNU.sparse.'

const gnuMagic = 'ustar  \0'

/**
 * Tells sparse files as Go's archive/tar does, but refuses what that takes for a plain file: unknown versions, and
 * records without a map. `name` is for the error. Errors: ARCHIVE_INVALID.
 */
export function sparseForm(
  { block, typeFlag }: { readonly block: Buffer; readonly typeFlag: string },
  pax: ReadonlyMap<string, string>,
  name: string,
): SparseForm | undefined {
  const fail = (problem: string) => entryError('ARCHIVE_INVALID', name, `is a sparse file ${problem}`)
  if (typeFlag === 'S') {
    // Those of star have the same type and another layout.
    if (block.toString('latin1', 257, 265) !== gnuMagic) throw fail('of another form than that of GNU tar')
    return 'header'
  }
  const [major, minor] = ['major', 'minor'].map((key) => pax.get(sparsePrefix + key))
  if (major !== undefined || minor !== undefined) {
    const version = `${major}.${minor}`
    if (version === '1.0') return 'content'
    if (version === '0.0' || version === '0.1') return 'records'
    throw fail(`of the unknown version ${JSON.stringify(version.slice(0, 40))}`)
  }
  if (pax.has(`${sparsePrefix}map`)) return 'records'
  for (const key of pax.keys()) if (key.startsWith(sparsePrefix)) throw fail('without a map of its fragments')
  return undefined
}
