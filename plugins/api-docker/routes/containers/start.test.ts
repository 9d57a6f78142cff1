import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it('a start with a body from long ago is refused', async () => {
  api = await startTestApi({ containers: { start: async () => ({ changed: true }) } })
  expect((await api.call('POST', '/containers/x/start', { Binds: ['/a:/b'] })).status).toBe(400)
  expect((await api.call('POST', '/containers/x/start', '{}')).status).toBe(204)
})
