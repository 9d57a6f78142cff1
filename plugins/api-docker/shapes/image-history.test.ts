import { expect, test } from 'vitest'
import { sampleImage } from '../fixtures/fake-engine.ts'
import { imageHistoryShape } from './image-history.ts'

const created = '1970-01-01T00:00:07Z'
const history = [
  { created, created_by: 'ADD rootfs' },
  { created, created_by: 'CMD sh', empty_layer: true },
  { created, created_by: 'RUN x', comment: 'c' },
]

test('each step has the size of its own layer, newest first', () => {
  const image = sampleImage({ history, layerSizes: ['100', '9007199254740993'] })
  const shape = imageHistoryShape(image, [])
  expect(shape.map(({ CreatedBy, Id, Comment }) => [CreatedBy, Id, Comment])).toEqual([
    ['RUN x', image.id, 'c'],
    ['CMD sh', '<missing>', ''],
    ['ADD rootfs', '<missing>', ''],
  ])
  expect(shape.map(({ Size }) => JSON.stringify(Size))).toEqual(['9007199254740993', '0', '100'])
  expect(shape[0]).toMatchObject({ Created: 7, Tags: ['busybox:latest'] })
})

test('images that it was made of are named as far as they are known', () => {
  const parent = sampleImage({ id: 'sha256:parent', tags: [] })
  const image = sampleImage({ history, layerSizes: ['1', '2'] })
  expect(imageHistoryShape(image, [parent]).map(({ Id, Tags }) => [Id, Tags])).toEqual([
    [image.id, ['busybox:latest']],
    ['sha256:parent', null],
    ['<missing>', null],
  ])
})

test('a history that tells of more layers than there are is told as invalid', () => {
  expect(() => imageHistoryShape(sampleImage({ history, layerSizes: ['1'] }), [])).toThrow('too many non-empty layers')
})
