import { codedError } from '@moby/contracts/errors'

/** How far an archive may unfold. */
export interface ExpansionLimits {
  /** Beyond this many bytes it must not be more than `times` as large as it came. */
  readonly from: number
  readonly times: number
}

export const defaultExpansion: ExpansionLimits = { from: 2 ** 30, times: 200 }

/** Bytes as a power of two: a zstd frame that wants a larger window is refused. */
export const largestWindow = 27

/** Fails with ARCHIVE_LIMIT when what came out is out of all proportion to what went in. */
export function checkExpansion(taken: number, given: number, limits: ExpansionLimits = defaultExpansion): void {
  if (given <= limits.from || given <= taken * limits.times) return
  throw codedError('ARCHIVE_LIMIT', `The archive unfolds to more than ${limits.times} times its size`, {
    details: { compressed: taken, unfolded: given },
  })
}

/** Errors of zlib and zstd as those of archives; others as they are. `at` counts the compressed bytes taken. */
export function explainDecompression(error: unknown, compression: string, at: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || !/^(Z_|ZSTD_)/.test(code)) return error
  if (/unexpected end|premature|incomplete/i.test(message)) {
    return codedError('ARCHIVE_TRUNCATED', `The ${compression} archive ends unexpectedly at byte ${at}`, {
      cause: error,
    })
  }
  return codedError('ARCHIVE_INVALID', `The ${compression} archive is damaged before byte ${at}: ${message}`, {
    cause: error,
  })
}
