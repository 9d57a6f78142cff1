import { expect, test } from 'vitest'
import { validateImageLayout } from './image-layout.ts'

test('an image layout has version 1.0.0, as text', () => {
  expect(validateImageLayout({ imageLayoutVersion: '1.0.0' }).ok).toBe(true)
  expect(validateImageLayout({ imageLayoutVersion: 1 }).ok).toBe(false)
  expect(validateImageLayout({ imageLayoutVersion: '2.0.0' }).ok).toBe(false)
  expect(validateImageLayout({}).ok).toBe(false)
})
