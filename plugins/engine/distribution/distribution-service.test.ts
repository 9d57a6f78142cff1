import { codedError } from '@moby/contracts'
import { expect, test } from 'vitest'
import { layer } from '../images/fixtures/image-archive.ts'
import { MemoryRegistry } from '../images/fixtures/memory-registry.ts'
import { putImage, putIndex } from '../images/fixtures/registry-image.ts'
import { hostArchitecture } from '../images/host-platform.ts'
import { createDistributionService } from './distribution-service.ts'
import { registryOf } from './registry-of.ts'

const registry = new MemoryRegistry()
const service = createDistributionService(() => registry.source)
const base = layer({ name: 'a', content: 'a' })

test.each([
  [undefined, 'docker.io'],
  ['https://index.docker.io/v1/', 'docker.io'],
  ['localhost:5000', 'localhost:5000'],
  ['http://registry.test/v2/', 'registry.test'],
])('%s means the registry %s', (server, expected) => expect(registryOf(server)).toBe(expected))

test('an image and an index are told with their platforms', async () => {
  const host = putImage(registry, { layers: [base] }, 'app:one')
  const arm = putImage(registry, { layers: [base], architecture: 'arm', variant: 'v7' })
  const index = putIndex(registry, [host, arm], 'app:all')
  const own = { os: 'linux', architecture: hostArchitecture() }
  expect(await service.inspect({ reference: 'registry.test/app:one' })).toEqual({
    mediaType: host.mediaType,
    digest: host.digest,
    size: String(host.size),
    platforms: [own],
  })
  const found = await service.inspect({ reference: `registry.test/app@${index.digest}` })
  expect(found.platforms).toEqual([own, { os: 'linux', architecture: 'arm', variant: 'v7' }])
  await expect(service.inspect({ reference: 'registry.test/app:none' })).rejects.toThrow(
    /^manifest unknown: manifest unknown$/,
  )
  await expect(service.inspect({ reference: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'IMAGE_REFERENCE_INVALID',
  })
})

test('a login says what the registry says, with the remedy', async () => {
  expect(await service.login({ server: 'registry.test', credentials: { username: 'me', password: 'right' } })).toEqual(
    {},
  )
  const wrong = service.login({ server: 'registry.test', credentials: { username: 'me', password: 'no' } })
  await expect(wrong).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
})

test('results of a search are filtered here, most stars first', async () => {
  const result = (name: string, stars: number, official = false) => ({
    name,
    stars,
    official,
    automated: false,
    description: '',
  })
  const asked: unknown[] = []
  const source = {
    ...registry.source,
    search: async (request: { registry: string; term: string }) => {
      asked.push([request.registry, request.term])
      if (request.term === 'none') throw codedError('NOT_SUPPORTED', 'no search')
      return { results: [result('a', 1), result('b', 9), result('c', 5, true)] }
    },
  }
  const searching = createDistributionService(() => source)
  const names = async (request: Parameters<typeof searching.search>[0]) =>
    (await searching.search(request)).results.map(({ name }) => name)
  expect(await names({ term: 'x' })).toEqual(['b', 'c', 'a'])
  expect(await names({ term: 'library/x', stars: 5, limit: 1 })).toEqual(['b'])
  expect(await names({ term: 'quay.io/x', official: true })).toEqual(['c'])
  expect(asked).toEqual([
    ['docker.io', 'x'],
    ['docker.io', 'x'],
    ['quay.io', 'x'],
  ])
  await expect(names({ term: 'none' })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
})
