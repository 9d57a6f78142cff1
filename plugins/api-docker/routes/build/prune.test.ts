import { afterEach, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const prune = async (filters: object) => {
  api = await startTestApi({ builder: { prune: async () => ({ removed: [], spaceReclaimed: '0' }) } })
  const { status } = await api.call('POST', `/build/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`)
  return [status, api.calls.length]
}

test.each([
  [{ until: ['24h'] }, [200, 1]],
  [{ 'unused-for': ['24h'] }, [200, 1]],
  [{ until: ['24h'], 'unused-for': ['1h'] }, [400, 0]],
  [{ until: ['24h', '1h'] }, [400, 0]],
  [{ label: ['none'] }, [200, 0]],
  [{ 'label!': ['none'] }, [200, 1]],
])('with %j the cache is pruned or the request refused', async (filters, expected) => {
  expect(await prune(filters)).toEqual(expected)
})
