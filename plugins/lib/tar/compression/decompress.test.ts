import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decompress } from './decompress.ts'

const drain = async (input: AsyncIterable<Uint8Array>) => {
  for await (const _ of decompress(input, 'gzip'));
}
const damaged = Buffer.concat([gzipSync('x'.repeat(100)).subarray(0, 20), Buffer.alloc(200_000, 0xff)])

test('damage is told as such when the input has not ended', async () => {
  const input = async function* () {
    for (;;) yield damaged
  }
  await expect(drain(input())).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
})

test('a failure of the input is told as it is', async () => {
  const failure = Object.assign(new Error('gone'), { code: 'Z_OF_SOMEBODY_ELSE' })
  const input = async function* () {
    yield gzipSync('x'.repeat(100)).subarray(0, 20)
    throw failure
  }
  await expect(drain(input())).rejects.toBe(failure)
})
