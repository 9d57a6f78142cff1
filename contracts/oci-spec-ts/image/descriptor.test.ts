import { describe, expect, test } from 'vitest'
import { validateDescriptor } from './descriptor.ts'

const digest = `sha256:${'0'.repeat(64)}`
const valid = { mediaType: 'application/octet-stream', digest, size: 7682 }
const without = (key: keyof typeof valid) => Object.fromEntries(Object.entries(valid).filter(([name]) => name !== key))
const longest = 'x'.repeat(127)

describe('a descriptor', () => {
  test.each([
    ['the three required members', valid],
    ['content of no length', { ...valid, size: 0 }],
    ['the longest media type', { ...valid, mediaType: `${longest}/${longest}` }],
    ['a URL', { ...valid, urls: ['https://example.com/foo'] }],
    ['embedded content of the right size', { ...valid, size: 5, data: 'aGVsbG8=' }],
    ['an artifact type', { ...valid, artifactType: 'application/vnd.example+type' }],
    ['a platform', { ...valid, platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } }],
    ['members that the specification does not know', { ...valid, 'com.example': 1 }],
  ])('passes with %s', (_, value) => {
    expect(validateDescriptor(value)).toEqual({ ok: true, value })
  })

  test.each([
    ['no media type', without('mediaType'), ''],
    ['no digest', without('digest'), ''],
    ['no size', without('size'), ''],
    ['a media type without subtype', { ...valid, mediaType: 'application' }, '/mediaType'],
    ['a media type that begins with a dot', { ...valid, mediaType: '.foo/bar' }, '/mediaType'],
    ['a subtype that begins with a dot', { ...valid, mediaType: 'foo/.bar' }, '/mediaType'],
    ['a media type that is too long', { ...valid, mediaType: `${longest}x/bar` }, '/mediaType'],
    ['an artifact type that is none', { ...valid, artifactType: 'foo/.bar' }, '/artifactType'],
    ['a size as text', { ...valid, size: '7682' }, '/size'],
    ['a negative size', { ...valid, size: -1 }, '/size'],
    ['half a byte', { ...valid, size: 0.5 }, '/size'],
    ['a size that a number cannot say', { ...valid, size: 2 ** 53 }, '/size'],
    ['a bad digest', { ...valid, digest: 'sha256:0' }, '/digest'],
    ['a URL that is none', { ...valid, urls: ['value'] }, '/urls/0'],
    ['base64 without padding', { ...valid, size: 5, data: 'aGVsbG8' }, '/data'],
    ['embedded content of another size', { ...valid, size: 6, data: 'aGVsbG8=' }, '/data'],
    ['a platform without architecture', { ...valid, platform: { os: 'linux' } }, '/platform'],
    ['annotations that are no text', { ...valid, annotations: { a: 1 } }, '/annotations/a'],
  ])('is refused with %s', (_, value, path) => {
    const answer = validateDescriptor(value)
    expect(answer.ok ? [] : answer.problems.map((problem) => problem.path)).toContain(path)
  })
})
