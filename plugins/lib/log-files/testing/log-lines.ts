import * as fc from 'fast-check'

/** Lines as containers write them: text, odd bytes, ends of other systems, colours, JSON, long ones, none. */
export const logLine: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.string({ maxLength: 80 }).map(bytes),
  fc.string({ unit: 'binary', maxLength: 80 }).map(bytes),
  fc.string({ unit: 'grapheme', maxLength: 80 }).map(bytes),
  fc
    .constantFrom(
      '',
      '\r',
      'progress 10%\rprogress 20%\r',
      '\u001b[31mred\u001b[0m',
      '{"log":"a\\n","stream":"stderr","time":"2026-01-01T00:00:00.000000000Z"}',
      '\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}',
      'back\\slash\\',
      '"',
      '\u2028<&>\u007f',
    )
    .map(bytes),
  fc
    .tuple(fc.nat({ max: 16_384 }), fc.constantFrom('a', '"', 'ü', '\u0000'))
    .map(([size, unit]) => bytes(unit.repeat(size)).subarray(0, size)),
)

function bytes(text: string): Uint8Array {
  return Buffer.from(text)
}
