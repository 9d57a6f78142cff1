import { access } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Fails for files of this project that are not there, before anything that needs them has run for an hour. */
export async function mustExist(files: readonly string[]): Promise<void> {
  const found = await Promise.all(
    files.map((file) =>
      access(join(root, file)).then(
        () => true,
        () => false,
      ),
    ),
  )
  const missing = files.filter((_, at) => found[at] !== true)
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', no ')}`)
}
