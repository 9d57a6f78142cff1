import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it('update lifts and keeps limits as asked, and refuses what cannot change', async () => {
  api = await startTestApi({ containers: { update: async () => ({ warnings: [] }) } })
  const body = { Memory: 16_777_216, PidsLimit: 0, RestartPolicy: { Name: 'always' } }
  expect(await api.json('POST', '/containers/x/update', body)).toEqual({ Warnings: null })
  expect(api.calls.at(-1)?.request).toEqual({
    ref: 'x',
    resources: { memoryBytes: 16_777_216, pidsLimit: -1 },
    restart: { name: 'always' },
  })
  expect((await api.call('POST', '/containers/x/update', { Ulimits: [{ Name: 'nofile' }] })).status).toBe(501)
})
