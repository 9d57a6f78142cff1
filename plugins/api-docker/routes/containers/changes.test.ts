import { afterEach, expect, it } from 'vitest'
import { streamOf } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it('changes are numbers, or null for none', async () => {
  api = await startTestApi({
    containers: {
      changes: ({ ref }) =>
        ref === 'none'
          ? streamOf()
          : streamOf({ path: '/a', kind: 'added' as const }, { path: '/b', kind: 'deleted' as const }),
    },
  })
  expect(await api.json('GET', '/containers/x/changes')).toEqual([
    { Path: '/a', Kind: 1 },
    { Path: '/b', Kind: 2 },
  ])
  expect(await api.json('GET', '/containers/none/changes')).toBeNull()
})
