import { expect, test } from 'vitest'
import { compressionOfLayer, dockerMediaTypes, mediaTypes, toOciMediaType } from './media-types.ts'

test('each layer type of both families tells its compression', () => {
  expect(compressionOfLayer(mediaTypes.layer)).toBe('none')
  expect(compressionOfLayer(mediaTypes.layerZstd)).toBe('zstd')
  expect(compressionOfLayer(dockerMediaTypes.layerGzip)).toBe('gzip')
  expect(compressionOfLayer(dockerMediaTypes.layerForeignGzip)).toBe('gzip')
  expect(compressionOfLayer(mediaTypes.config)).toBeUndefined()
})

test('a media type without an elder stays as it is', () => {
  expect(toOciMediaType('application/x')).toBe('application/x')
  expect(toOciMediaType(dockerMediaTypes.manifest)).toBe(mediaTypes.manifest)
})
