import { codedError } from '@moby/contracts'

/**
 * Writes something. A file system without room is STORAGE_FULL, in the words that Docker's users search for; other
 * failures are as they are. `what` is told: `the blob sha256:…`.
 */
export async function writing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw explainFull(error, what)
  }
}

/** The error of a write, for who cannot wait for it. */
export function explainFull(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return codedError('STORAGE_FULL', `no space left on device while ${what} was being written`, {
    hint: 'Make room where the engine keeps its data, for example with docker system prune.',
    cause: error,
  })
}
