import type { MountSpec } from '@moby/contracts'
import { expect, test } from 'vitest'
import { planMounts } from './plan-mounts.ts'

const none = () => []

test('paths of the image get an anonymous volume unless something is mounted there', () => {
  const mounts = planMounts(
    { image: 'x', mounts: [{ type: 'volume', source: 'v', target: '/data/' }] },
    ['/data', '/cache'],
    none,
  )
  expect(mounts.map(({ target, spec }) => [target, spec.source])).toEqual([
    ['/data', 'v'],
    ['/cache', undefined],
  ])
})

test('volumes of another container are used by name, and read-only where asked', () => {
  const volume = { name: 'n', driver: 'local', anonymous: true, path: '/p' }
  const mounts = planMounts({ image: 'x', volumesFrom: ['other:ro'] }, [], () => [
    { spec: { type: 'volume', target: '/v' }, target: '/v', volume },
    { spec: { type: 'tmpfs', target: '/t' }, target: '/t' },
  ])
  expect(mounts).toEqual([
    {
      spec: { type: 'volume', target: '/v', source: 'n', readOnly: true, noCopy: true },
      target: '/v',
      volume,
    },
  ])
})

test('of several containers that lend a mount the last counts, and what is read-only there stays so', () => {
  const lent = (source: string, more = {}) => [
    { spec: { type: 'bind' as const, source, target: '/t', ...more }, target: '/t' },
  ]
  const lenders: Record<string, ReturnType<typeof lent>> = { a: lent('/a'), b: lent('/b', { readOnly: true }) }
  const plan = (...volumesFrom: string[]) => planMounts({ image: 'x', volumesFrom }, [], (ref) => lenders[ref] ?? [])
  expect(plan('a', 'b:rw').map(({ spec }) => [spec.source, spec.readOnly])).toEqual([['/b', true]])
  expect(plan('b', 'a:ro,z').map(({ spec }) => [spec.source, spec.readOnly])).toEqual([['/a', true]])
  expect(() => plan('a:rslave')).toThrow('invalid mode: rslave')
  expect(() => plan('')).toThrow('volumes-from specification cannot be an empty string')
})

test.each([
  [[{ type: 'image', target: '/a' }], 'invalid mount config for type "image": field Source must not be empty'],
  [[{ type: 'volume', target: '/a', subPath: 'x' }], 'must not set Subpath when using anonymous volumes'],
  ...['..', '/x', 'a/../../b', '../v', ''].map((subPath) => [
    [{ type: 'volume', source: 'v', target: '/a', subPath }],
    'invalid mount config for type "volume": subpath must be a relative path within the volume',
  ]),
  [
    [{ type: 'image', source: 'i', target: '/a', subPath: '../x' }],
    'subpath must be a relative path within the volume',
  ],
] as [MountSpec[], string][])('%j is refused', (mounts, text) => {
  expect(() => planMounts({ image: 'x', mounts }, [], none)).toThrow(text)
})

test.each([
  [
    [
      { type: 'tmpfs', target: '/a' },
      { type: 'tmpfs', target: '/a/' },
    ],
    'Duplicate mount point: /a',
  ],
  [[{ type: 'tmpfs', target: 'a' }], 'mount path must be absolute'],
  [[{ type: 'tmpfs', target: '/x/..' }], "destination can't be '/'"],
  [[{ type: 'bind', target: '/a' }], 'field Source must not be empty'],
  [[{ type: 'bind', source: 'rel', target: '/a' }], 'mount path must be absolute'],
  [[{ type: 'bind', source: '/no/such', target: '/a' }], 'bind source path does not exist: /no/such'],
  [[{ type: 'tmpfs', source: '/x', target: '/a' }], 'field Source must not be specified'],
] as const)('%j is refused', (mounts, text) => {
  expect(() => planMounts({ image: 'x', mounts: [...mounts] }, [], none)).toThrow(text)
})
