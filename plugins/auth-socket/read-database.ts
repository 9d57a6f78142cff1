import { readFile } from 'node:fs/promises'

/** The fields of each entry of a file such as /etc/passwd; a missing file has none. */
export async function readDatabase(path: string): Promise<string[][]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}
