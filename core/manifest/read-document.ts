import { readFile, stat } from 'node:fs/promises'
import { codedError } from '@moby/contracts'

const largest = 1 << 20

/**
 * The text of a file that a user wrote: UTF-8, at most 1 MiB. Throws DOCUMENT_MISSING or
 * DOCUMENT_UNREADABLE. `what` names it in messages: "manifest".
 */
export async function readDocument(file: string, what: string): Promise<string> {
  const content = await read(file, what)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    const hint = 'save it as plain text in UTF-8'
    throw codedError('DOCUMENT_UNREADABLE', `The ${what} ${file} is not text in UTF-8`, { hint, span: startOf(file) })
  }
}

async function read(file: string, what: string): Promise<Uint8Array> {
  try {
    const facts = await stat(file)
    if (!facts.isFile()) throw Object.assign(new Error('it is not a regular file'), { code: 'EISDIR' })
    if (facts.size > largest) throw Object.assign(new Error('it is larger than 1 MiB'), { code: 'EFBIG' })
    return await readFile(file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw codedError('DOCUMENT_MISSING', `There is no ${what} ${file}`, { cause, details: { file } })
    }
    const why = code === 'EACCES' ? 'permission denied' : message
    const hint = 'name a readable YAML file'
    throw codedError('DOCUMENT_UNREADABLE', `The ${what} ${file} cannot be read: ${why}`, {
      cause,
      hint,
      span: startOf(file),
    })
  }
}

const startOf = (file: string) => ({ file, line: 1, column: 1, length: 1, text: '' })
