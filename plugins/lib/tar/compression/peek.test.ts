import { describe, expect, it } from 'vitest'
import { compressionOf, detectCompression, recognizeCompression } from './compression.ts'
import { peek } from './peek.ts'

function source(...pieces: string[]) {
  const state = { isClosed: false }
  const stream = async function* () {
    try {
      for (const piece of pieces) yield Buffer.from(piece)
    } finally {
      state.isClosed = true
    }
  }
  return { state, input: stream() }
}

const text = async (input: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a stream that was looked at', () => {
  it.each([0, 1, 3, 5, 9])('shows its first %d bytes and gives all of them', async (length) => {
    const { start, whole } = await peek(source('ab', 'cd', 'e').input, length)
    expect(Buffer.from(start).toString()).toBe('abcde'.slice(0, length))
    expect(await text(whole)).toBe('abcde')
  })

  it('is ended without having been read', async () => {
    const { state, input } = source('ab', 'cd')
    const { whole } = await peek(input, 1)
    await whole.return?.()
    expect(state.isClosed).toBe(true)
    expect(await whole.next()).toMatchObject({ done: true })
  })

  it('is ended by a reader that leaves', async () => {
    const { state, input } = source('ab', 'cd', 'ef')
    for await (const _ of (await peek(input, 1)).whole) break
    expect(state.isClosed).toBe(true)
  })
})

describe('a compression', () => {
  it('is told by its signature, and by name when it is not read', async () => {
    expect(recognizeCompression(Buffer.from('BZh9'))).toBe('bzip2')
    expect(compressionOf(Buffer.from('1f8b08', 'hex'))).toBe('gzip')
    expect(compressionOf(Buffer.from('plain'))).toBe('none')
    expect(() => compressionOf(Buffer.from('BZh9'), 'The file x')).toThrow('The file x is compressed with bzip2')
  })

  it('that is not read ends the stream', async () => {
    const { state, input } = source('BZh9123', 'more')
    await expect(detectCompression(input)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
    expect(state.isClosed).toBe(true)
  })
})
