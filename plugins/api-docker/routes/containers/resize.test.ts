import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it.each([
  ['h=0&w=0', 200],
  ['h=65535&w=1', 200],
  ['h=65536&w=1', 400],
  ['h=-1&w=1', 400],
  ['h=1', 400],
  ['h=1.5&w=2', 400],
])('resize with %s answers %i', async (query, status) => {
  api = await startTestApi({ containers: { resize: async () => ({}) } })
  expect((await api.call('POST', `/containers/x/resize?${query}`)).status).toBe(status)
})
