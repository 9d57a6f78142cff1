import { describe, expect, test } from 'vitest'
import { validateImageIndex } from './image-index.ts'
import { dockerMediaTypes, mediaTypes } from './media-types.ts'

const digest = `sha256:${'0'.repeat(64)}`
const platform = { architecture: 'amd64', os: 'linux' }
const entry = { mediaType: mediaTypes.manifest as string, digest, size: 7143, platform }
const valid = { schemaVersion: 2, mediaType: mediaTypes.index as string, manifests: [entry] }

describe('an image index', () => {
  test.each([
    ['one platform', valid],
    ['required members only', { schemaVersion: 2, manifests: [{ mediaType: entry.mediaType, digest, size: 1 }] }],
    ['no manifest at all', { ...valid, manifests: [] }],
    ['manifests of a type of their own', { ...valid, manifests: [{ ...entry, mediaType: 'application/x+json' }] }],
    ['an artifact type and a subject', { ...valid, artifactType: 'application/x', subject: entry }],
    ["Docker's manifest list", { ...valid, mediaType: dockerMediaTypes.index }],
  ])('passes with %s', (_, value) => {
    expect(validateImageIndex(value)).toEqual({ ok: true, value })
  })

  test.each([
    ['a manifest of no media type', { ...valid, manifests: [{ ...entry, mediaType: '' }] }, '/manifests/0/mediaType'],
    ['a size as text', { ...valid, manifests: [{ ...entry, size: '7682' }] }, '/manifests/0/size'],
    ['a short digest', { ...valid, manifests: [{ ...entry, digest: digest.slice(0, -1) }] }, '/manifests/0/digest'],
    ['half a platform', { ...valid, manifests: [{ ...entry, platform: { os: 'linux' } }] }, '/manifests/0/platform'],
    ['the media type of a manifest', { ...valid, mediaType: mediaTypes.manifest }, '/mediaType'],
    ['layers beside its manifests', { ...valid, layers: [] }, '/layers'],
    ['a configuration', { ...valid, config: entry }, '/config'],
    ['a subject that is no descriptor', { ...valid, subject: 'nope' }, '/subject'],
  ])('is refused with %s', (_, value, path) => {
    const answer = validateImageIndex(value)
    expect(answer.ok ? [] : answer.problems.map((problem) => problem.path)).toContain(path)
  })
})
