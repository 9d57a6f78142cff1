import { describe, expect, test } from 'vitest'
import { parseDigest } from './digest.ts'

const hex = (length: number) => 'ab01'.repeat(length / 4)

describe('a digest', () => {
  test.each([
    ['sha256 with 64 digits', `sha256:${hex(64)}`],
    ['sha512 with 128 digits', `sha512:${hex(128)}`],
    ['an algorithm that is not registered', 'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8'],
    ['an encoding with padding', 'sha256+b64u.unknownlength:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564='],
  ])('passes: %s', (_, text) => {
    expect(parseDigest(text)).toEqual({
      algorithm: text.slice(0, text.indexOf(':')),
      encoded: text.slice(text.indexOf(':') + 1),
    })
  })

  test.each([
    ['one digit too few', `sha256:${hex(64).slice(1)}`],
    ['one digit too many', `sha256:${hex(64)}a`],
    ['the length of another algorithm', `sha512:${hex(64)}`],
    ['capital digits', `sha256:${hex(64).toUpperCase()}`],
    ['capital algorithm', `SHA256:${hex(64)}`],
    ['no algorithm', `:${hex(64)}`],
    ['no content', 'sha256:'],
    ['no colon', 'sha256'],
    ['two separators in a row', `sha256+foo+-b:${hex(64)}`],
    ['a path in it', `sha256:../../${hex(64)}`],
    ['a line break at the end', `sha256:${hex(64)}\n`],
  ])('is refused: %s', (_, text) => {
    expect(parseDigest(text)).toBeUndefined()
  })
})
