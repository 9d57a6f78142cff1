import { open, type FileHandle } from 'node:fs/promises'
import { listRotated } from './rotated-files.ts'

/** A file of a log, open. */
export interface OpenedFile {
  readonly handle: FileHandle
  readonly compressed: boolean
}

/** The files of a log at one moment, oldest first. The caller closes the handles. */
export async function openFiles(path: string): Promise<OpenedFile[]> {
  const files = [...(await listRotated(path)), { path, compressed: false }]
  const opened: OpenedFile[] = []
  for (const file of files) {
    try {
      const found = await openEither(file)
      if (found !== undefined) opened.push(found)
    } catch (error) {
      await Promise.all(opened.map(({ handle }) => handle.close()))
      throw error
    }
  }
  return opened
}

/** A file that is being compressed may change its form after it was listed. */
async function openEither({
  path,
  compressed,
}: {
  path: string
  compressed: boolean
}): Promise<OpenedFile | undefined> {
  const forms = compressed
    ? [{ path, compressed }]
    : [
        { path, compressed },
        { path: `${path}.gz`, compressed: true },
      ]
  for (const form of forms) {
    try {
      return { handle: await open(form.path, 'r'), compressed: form.compressed }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
