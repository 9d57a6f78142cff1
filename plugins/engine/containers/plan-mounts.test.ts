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
      spec: { type: 'volume', target: '/v', source: 'n', readOnly: true },
      target: '/v',
      volume: { ...volume, anonymous: false },
    },
  ])
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
