import { createHash, hash } from 'node:crypto'
import { createReadStream, readFileSync, type Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { codedError, filesText, isCodedError, type PayloadFile } from '@moby/contracts'

/** Read at once below this size, streamed above. */
const streamAbove = 1 << 20

/** What a folder holds of a payload. */
export interface MeasuredFolder {
  /** 64 hexadecimal digits over path, executable bit and content of each file. */
  readonly digest: string
  readonly files: readonly PayloadFile[]
}

interface FoundFile {
  /** Relative to the package, with `/`. */
  readonly path: string
  readonly file: string
}

export interface PayloadOptions {
  /** Absolute folders that are packages of their own and do not belong to this one. */
  readonly apart?: ReadonlySet<string>
}

/**
 * Measures each file of a package, and all together. Not covered: node_modules, names with a leading dot, fixtures, tests and Markdown,
 * which a running component has no use for. Throws PAYLOAD_REFUSED for links and special files: what they stand for could
 * change behind the digest.
 */
export async function measureFolder(folder: string, options: PayloadOptions = {}): Promise<MeasuredFolder> {
  try {
    return await measureFiles(folder, options.apart ?? new Set())
  } catch (cause) {
    if (isCodedError(cause)) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('PAYLOAD_REFUSED', `The files in ${folder} cannot be read: ${why}`, {
      hint: 'make them readable; if they are being written just now, try again',
      cause,
    })
  }
}

async function measureFiles(folder: string, apart: ReadonlySet<string>): Promise<MeasuredFolder> {
  const files: PayloadFile[] = []
  for (const { path, file } of await listFiles(folder, '', apart)) {
    const { mode, size } = await lstat(file)
    const digest = size > streamAbove ? await digestStream(file) : hash('sha256', readFileSync(file), 'hex')
    files.push({ path, isExecutable: (mode & 0o111) !== 0, size, digest })
  }
  return { digest: hash('sha256', filesText(files), 'hex'), files }
}

async function listFiles(folder: string, below: string, apart: ReadonlySet<string>): Promise<FoundFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const lists = await Promise.all(
    entries.filter(isCovered).map(async (entry) => {
      const file = join(folder, entry.name)
      const path = `${below}${entry.name}`
      if (entry.isDirectory()) return apart.has(file) ? [] : await listFiles(file, `${path}/`, apart)
      if (entry.isFile()) return [{ path, file }]
      const kind = entry.isSymbolicLink() ? 'a symbolic link' : 'no regular file'
      throw codedError('PAYLOAD_REFUSED', `${file} is ${kind}, which a component cannot have`, {
        hint: 'replace it by a regular file or remove it',
        details: { file },
      })
    }),
  )
  return lists.flat()
}

function isCovered(entry: Dirent): boolean {
  const { name } = entry
  if (name.startsWith('.') || name === 'node_modules' || name === 'fixtures') return false
  return !(entry.isFile() && (name.endsWith('.test.ts') || name.endsWith('.md')))
}

async function digestStream(file: string): Promise<string> {
  const content = createHash('sha256')
  await pipeline(createReadStream(file), content)
  return content.digest('hex')
}
