import { expect, test } from 'vitest'
import { compileFilter, hasLabel, type FilterContext } from './filter.ts'
import type { ContainerRecord } from './container-record.ts'

const record = (change: object): ContainerRecord =>
  ({
    id: 'aabb',
    name: 'web',
    createdAt: '2026-01-02T00:00:00Z',
    status: 'running',
    exitCode: 0,
    image: { id: 'sha256:1', reference: 'x', tags: [] },
    process: { labels: { a: '1', b: '' }, exposedPorts: ['80/tcp'] },
    endpoints: [
      {
        networkId: 'n1',
        spec: { network: 'net' },
        live: { ports: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080 }] },
      },
    ],
    mounts: [{ spec: { type: 'volume', target: '/v' }, target: '/v', volume: { name: 'vol' } }],
    ...change,
  }) as unknown as ContainerRecord

const context: FilterContext = {
  store: { find: () => record({ createdAt: '2026-01-03T00:00:00Z' }) },
  networks: { get: () => undefined },
  images: { resolve: () => ({ id: 'sha256:1', config: {}, storage: '', tags: [], os: '', architecture: '' }) },
  healthOf: () => 'none',
}

test.each([
  [{}, true],
  [{ ids: ['aa'] }, true],
  [{ names: ['^/?we'] }, true],
  [{ names: ['^b', 'eb$'] }, true],
  [{ statuses: ['exited'] }, false],
  [{ labels: ['a=1', 'b'] }, true],
  [{ labels: ['a=1', 'c'] }, false],
  [{ networks: ['net'] }, true],
  [{ volumes: ['vol'] }, true],
  [{ volumes: ['/v'] }, true],
  [{ expose: ['79-81'] }, true],
  [{ expose: ['80/udp'] }, false],
  [{ publish: ['8080'] }, true],
  [{ publish: ['80'] }, false],
  [{ publish: ['8000-8090/udp'] }, false],
  [{ ancestors: ['x'] }, true],
  [{ before: 'y' }, true],
  [{ since: 'y' }, false],
  [{ exitCodes: [0] }, false],
  [{ health: ['healthy'] }, false],
] as const)('filter %j', (filter, expected) => {
  expect(compileFilter(context, filter as never)(record({}))).toBe(expected)
})

test('a label may have an empty value', () => {
  expect(hasLabel({ a: '' }, 'a=')).toBe(true)
  expect(hasLabel({ a: '1' }, 'a=')).toBe(false)
  expect(hasLabel({}, 'constructor')).toBe(false)
})

test('a name that is no expression is told', () => {
  expect(() => compileFilter(context, { names: ['('] })).toThrow("invalid filter 'name=('")
})
