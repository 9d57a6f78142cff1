import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const filesInFolder = 100

/** Numbers from 0 to 2³², the same for the same seed (xorshift32). */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}

/**
 * Fills a folder with files of 1 KiB to 1 MiB, small ones more often: 19 KiB in the middle, as in the images of
 * distributions. Half of them are text, of which gzip leaves a third; with the others it can do little.
 */
export async function writeMixedFiles(folder: string, bytes: number, next: () => number): Promise<void> {
  const pools = [textPool(next), noisePool(next)] as const
  let rest = bytes
  for (let index = 0; rest > 0; index += 1) {
    const size = Math.min(rest, 1024 << Math.min(next() % 11, next() % 11, next() % 11))
    const parent = join(folder, `d${Math.floor(index / filesInFolder)}`)
    if (index % filesInFolder === 0) await mkdir(parent, { recursive: true })
    const pool = pools[index % 2 === 0 ? 0 : 1]
    const start = next() % (pool.length - size)
    await writeFile(join(parent, `f${index}`), pool.subarray(start, start + size))
    rest -= size
  }
}

function textPool(next: () => number): Buffer {
  const words = Array.from({ length: 4000 }, () =>
    next()
      .toString(36)
      .slice(0, 3 + (next() % 5)),
  )
  const lines: string[] = []
  for (let length = 0; length < 4 * 1024 * 1024;) {
    const line = Array.from({ length: 10 }, () => words[(next() % 64) * (next() % 64)]).join(' ')
    lines.push(line)
    length += line.length + 1
  }
  return Buffer.from(lines.join('\n'))
}

function noisePool(next: () => number): Buffer {
  return Buffer.from(Uint32Array.from({ length: 1024 * 1024 }, next).buffer)
}
