import { expect, test } from 'vitest'
import { validateRegistryErrorBody } from './registry-error.ts'
import { validateTagList } from './tag-list.ts'

test('an error body has a list of codes', () => {
  expect(validateRegistryErrorBody({ errors: [{ code: 'BLOB_UNKNOWN', message: '', detail: { a: [1] } }] }).ok).toBe(
    true,
  )
  expect(validateRegistryErrorBody({ errors: [{ code: 'OWN_CODE' }] }).ok).toBe(true)
  expect(validateRegistryErrorBody({ errors: [{ message: 'no code' }] }).ok).toBe(false)
  expect(validateRegistryErrorBody('<html>').ok).toBe(false)
})

test('a tag list may be null for an empty repository', () => {
  expect(validateTagList({ name: 'a', tags: ['b'] }).ok).toBe(true)
  expect(validateTagList({ name: 'a', tags: null }).ok).toBe(true)
  expect(validateTagList({ name: 'a', tags: [1] }).ok).toBe(false)
})
