import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import type { Selected } from '../copy/selection.ts'
import { toBytes } from './names.ts'
import { SourceTree } from './source-tree.ts'

export interface DownloadRequest {
  /** File for the content, which must not exist. */
  readonly contents: string
  /** `sha256:` and hex. */
  readonly checksum: string | undefined
  /** As the instruction has it: without a file name in the URL it must name the file. */
  readonly destination: string
  readonly mostBytes: number
  readonly signal: AbortSignal
}

const answerMs = 60_000

/** Brings a file for ADD. Errors: BUILD_STEP_FAILED for what cannot be brought or has another checksum. */
export async function downloadSource(url: string, request: DownloadRequest): Promise<Selected> {
  const name = fileNameOf(url)
  if (name === '' && request.destination.endsWith('/')) {
    throw codedError('BUILD_STEP_FAILED', `cannot determine filename for source ${url}`, {
      hint: 'Name the file in the destination.',
    })
  }
  if (request.checksum !== undefined && !/^sha256:[0-9a-f]{64}$/.test(request.checksum)) {
    throw codedError('BUILD_OPTION_INVALID', `The checksum ${request.checksum} cannot be read`, {
      hint: 'Write --checksum=sha256:<64 hexadecimal digits>.',
    })
  }
  const response = await openUrl(url, request.signal)
  const { size, digest } = await receive(url, response, request)
  if (request.checksum !== undefined && request.checksum !== `sha256:${digest}`) {
    throw codedError(
      'BUILD_STEP_FAILED',
      `digest mismatch for ${url}: expected ${request.checksum}, got sha256:${digest}`,
    )
  }
  const modified = Date.parse(response.headers.get('last-modified') ?? '')
  const path = toBytes(name) || 'file'
  const entry = {
    name: path,
    type: 'file' as const,
    mode: 0o600,
    uid: 0,
    gid: 0,
    size,
    linkName: '',
    major: 0,
    minor: 0,
    xattrs: new Map<string, Uint8Array>(),
    modifiedAt: Number.isNaN(modified) ? 0n : BigInt(modified) * 1_000_000n,
  }
  const tree = new SourceTree(request.contents, [{ path, entry, offset: 0, digest }])
  return { tree, path, name: path, asked: path }
}

/** The last name in the path of a URL, empty when there is none. Fails with BUILD_STEP_FAILED. */
function fileNameOf(url: string): string {
  try {
    const name = posix.basename(decodeURIComponent(new URL(url).pathname))
    return name === '..' || name === '.' ? '' : name
  } catch (error) {
    throw codedError('BUILD_STEP_FAILED', `${url} is not a URL that can be read`, { cause: error })
  }
}

/** Asks for a URL. Errors: BUILD_STEP_FAILED. */
export async function openUrl(url: string, signal: AbortSignal): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`no answer in ${answerMs / 1000} s`)), answerMs)
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, late.signal]), redirect: 'follow' })
    if (response.ok) return response
    await response.body?.cancel()
    throw codedError('BUILD_STEP_FAILED', `failed to GET ${url} with status ${response.status} ${response.statusText}`)
  } catch (error) {
    if (signal.aborted) throw codedError('CANCELLED', 'The work was cancelled')
    if (error instanceof TypeError || late.signal.aborted) {
      const { cause } = error as { cause?: { message?: string } }
      throw codedError('BUILD_STEP_FAILED', `failed to GET ${url}: ${cause?.message ?? String(error)}`, {
        cause: error,
      })
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function receive(
  url: string,
  response: Response,
  { contents, mostBytes }: DownloadRequest,
): Promise<{ size: number; digest: string }> {
  const file = await open(contents, 'wx', 0o600)
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > mostBytes) throw codedError('BUILD_STEP_FAILED', `${url} is larger than ${mostBytes} bytes`)
      hash.update(chunk)
      await file.writeFile(chunk)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw codedError('BUILD_STEP_FAILED', `${url} broke off after ${size} bytes`, { cause: error })
  } finally {
    await file.close()
  }
  return { size, digest: hash.digest('hex') }
}
