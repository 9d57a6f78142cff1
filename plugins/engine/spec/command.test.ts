import { expect, test } from 'vitest'
import { mergeCommand } from './command.ts'

const image = { entrypoint: ['/entry'], command: ['default'] }

test('image and user are merged as docker merges them', () => {
  expect(mergeCommand({}, image)).toEqual({ entrypoint: ['/entry'], command: ['default'] })
  expect(mergeCommand({ command: ['mine'] }, image)).toEqual({ entrypoint: ['/entry'], command: ['mine'] })
  expect(mergeCommand({ entrypoint: ['/own'] }, image)).toEqual({ entrypoint: ['/own'], command: [] })
  expect(mergeCommand({ entrypoint: [''], command: ['sh'] }, image)).toEqual({ entrypoint: [], command: ['sh'] })
  expect(mergeCommand({ entrypoint: [] }, image)).toEqual({ entrypoint: [], command: ['default'] })
})

test('nothing to run is refused in words that clients know', () => {
  expect(() => mergeCommand({}, {})).toThrow('no command specified')
  expect(() => mergeCommand({ entrypoint: [''] }, image)).toThrow('no command specified')
})
