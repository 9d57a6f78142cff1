import { codedError, type ErrorCode } from '@moby/contracts'
import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const path = '/plugins/privileges?remote=registry.test/x'

it('privileges of a plugin are told, and null is for none', async () => {
  const wanted = [{ name: 'network', description: 'permissions to access a network', value: ['host'] }]
  let privileges = wanted
  api = await startTestApi({ plugins: { privileges: async () => ({ privileges }) } })
  expect(await api.json('GET', path)).toEqual([
    { Name: 'network', Description: 'permissions to access a network', Value: ['host'] },
  ])
  expect(api.calls.at(-1)?.request).toEqual({ reference: 'registry.test/x' })
  privileges = []
  expect(await api.json('GET', path)).toBeNull()
})

it('what a registry does not tell is an empty list, as in Docker, and the pull after it tells the reason', async () => {
  let code: ErrorCode
  const fail = () => {
    throw codedError(code, 'the registry says no')
  }
  api = await startTestApi({ plugins: { privileges: async () => fail(), pull: () => fail() } })
  for (code of ['REGISTRY_UNREACHABLE', 'REGISTRY_NOT_FOUND', 'REGISTRY_DENIED', 'REGISTRY_UNAUTHORIZED'] as const) {
    expect(await api.json('GET', path)).toEqual([])
    const { status, text } = await api.call('POST', '/plugins/pull?remote=registry.test/x', '[]')
    expect([status >= 400, text]).toEqual([true, expect.stringContaining('the registry says no')])
  }
  expect(api.logged).toContain('the privileges of a plugin could not be read')
})

it('a name that cannot be read and a package that is none are errors all the same', async () => {
  let code: ErrorCode
  const privileges = async () => {
    throw codedError(code, 'not so')
  }
  api = await startTestApi({ plugins: { privileges } })
  for (code of ['IMAGE_REFERENCE_INVALID', 'PLUGIN_PACKAGE_INVALID', 'MANIFEST_INVALID'] as const) {
    expect((await api.call('GET', path)).status).toBe(400)
  }
})
