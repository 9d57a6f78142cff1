import { describe, expect, test } from 'vitest'
import { validateImageManifest } from './image-manifest.ts'
import { dockerMediaTypes, mediaTypes } from './media-types.ts'

const digest = `sha256:${'0'.repeat(64)}`
const config = { mediaType: mediaTypes.config as string, digest, size: 1470 }
const layer = { mediaType: mediaTypes.layerGzip as string, digest, size: 148 }
const valid = { schemaVersion: 2, mediaType: mediaTypes.manifest as string, config, layers: [layer] }
const paths = (value: unknown) => {
  const answer = validateImageManifest(value)
  return answer.ok ? [] : answer.problems.map((problem) => problem.path)
}

describe('an image manifest', () => {
  test.each([
    ['one layer', valid],
    ['no media type of its own', { schemaVersion: 2, config, layers: [layer] }],
    ['annotations and a subject', { ...valid, annotations: { key: 'value' }, subject: config }],
    ["Docker's media types", { ...valid, mediaType: dockerMediaTypes.manifest }],
    ["no layer, in Docker's form", { ...valid, mediaType: dockerMediaTypes.manifest, layers: [] }],
    ['an artifact with its own configuration', { ...valid, config: { ...config, mediaType: 'application/x+json' } }],
    [
      'an artifact with the empty configuration',
      { ...valid, artifactType: 'application/x', config: { ...config, mediaType: mediaTypes.empty } },
    ],
  ])('passes with %s', (_, value) => {
    expect(validateImageManifest(value)).toEqual({ ok: true, value })
  })

  test.each([
    ['schema version 1', { ...valid, schemaVersion: 1 }, '/schemaVersion'],
    ['no layer', { ...valid, layers: [] }, '/layers'],
    ['a layer without digest', { ...valid, layers: [{ mediaType: layer.mediaType, size: 1 }] }, '/layers/0'],
    [
      'a configuration of no media type',
      { ...valid, config: { ...config, mediaType: 'invalid' } },
      '/config/mediaType',
    ],
    ['a subject that is no descriptor', { ...valid, subject: '.nope' }, '/subject'],
    ['the media type of an index', { ...valid, mediaType: mediaTypes.index }, '/mediaType'],
    ['manifests beside its layers', { ...valid, manifests: [] }, '/manifests'],
    ['the layers of schema 1 beside its own', { ...valid, fsLayers: [] }, '/fsLayers'],
    [
      'the empty configuration and no artifact type',
      { ...valid, config: { ...config, mediaType: mediaTypes.empty } },
      '/artifactType',
    ],
    ['embedded content of another size', { ...valid, layers: [{ ...layer, data: 'aGVsbG8=' }] }, '/layers/0/data'],
  ])('is refused with %s', (_, value, path) => {
    expect(paths(value)).toContain(path)
  })

  test.each([null, undefined, 1, 'text', [], {}, () => 0])(
    'of the wrong kind is refused without throwing: %s',
    (value) => {
      expect(validateImageManifest(value).ok).toBe(false)
    },
  )
})
