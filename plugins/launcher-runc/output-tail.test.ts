import { describe, expect, it } from 'vitest'
import { OutputTail, type Piece } from './output-tail.ts'

const piece = (letter: string, size: number) => Buffer.alloc(size, letter)

async function summary(pieces: AsyncIterable<Piece>): Promise<string[]> {
  const seen = await Array.fromAsync(pieces)
  return seen.map(
    ({ data, lost = 0 }) => `${String.fromCharCode(data[0] ?? 0)}${data.length}${lost === 0 ? '' : ` after ${lost}`}`,
  )
}

describe('the output of a container', () => {
  it('is the last that came for a late reader, also after the end', async () => {
    const output = new OutputTail()
    output.push('stdout', piece('a', 60_000))
    output.push('stderr', piece('b', 60_000))
    output.push('stdout', piece('c', 100))
    output.end()
    expect(await summary(output.read())).toEqual(['b60000', 'c100'])
    expect(await summary(output.read())).toEqual(['b60000', 'c100'])
  })

  it('tells a reader that is too slow how much it has lost, and holds nobody up', async () => {
    const output = new OutputTail()
    const reading = output.read()
    output.push('stdout', piece('a', 10))
    expect((await reading.next()).value).toMatchObject({ output: 'stdout' })
    for (const letter of 'bcdefg') output.push('stdout', piece(letter, 300_000))
    output.end()
    expect(await summary(reading)).toEqual(['e300000 after 900000', 'f300000', 'g300000'])
  })

  it('ends for a reader that gives up', async () => {
    const output = new OutputTail()
    const stop = new AbortController()
    const reading = summary(output.read(stop.signal))
    stop.abort()
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
