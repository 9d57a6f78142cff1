import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it('prune takes its filters and tells the space', async () => {
  api = await startTestApi({
    containers: { prune: async () => ({ removed: [], spaceReclaimed: '9007199254740993' }) },
  })
  const filters = encodeURIComponent('{"until":["2026-01-01T00:00:00Z"],"label!":["keep"]}')
  const { text } = await api.call('POST', `/containers/prune?filters=${filters}`)
  expect(text).toBe('{"ContainersDeleted":[],"SpaceReclaimed":9007199254740993}\n')
  expect(api.calls.at(-1)?.request).toEqual({ createdBefore: '2026-01-01T00:00:00Z', notLabels: ['keep'] })
  expect((await api.call('POST', '/containers/prune?filters={"name":["x"]}')).status).toBe(400)
})
