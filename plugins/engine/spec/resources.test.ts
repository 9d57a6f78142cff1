import { expect, test } from 'vitest'
import type { CgroupSupport } from './cgroup-support.ts'
import { checkResources, toLinuxResources } from './resources.ts'

const everything: CgroupSupport = {
  version: 1,
  memory: true,
  swap: true,
  oomKillDisable: true,
  cpuShares: true,
  cpuQuota: true,
  cpuRealtime: true,
  cpuset: true,
  pids: true,
  blkioWeight: true,
  namespaces: true,
}

test('zeroes of clients mean nothing, contradictions are refused', () => {
  expect(checkResources({ memoryBytes: 0, cpuShares: 0, pidsLimit: 0 }, everything)).toEqual({
    resources: {},
    warnings: [],
  })
  expect(() => checkResources({ memoryBytes: 1024 }, everything)).toThrow('Minimum memory limit allowed is 6MB')
  expect(() => checkResources({ memorySwapBytes: 1 << 30 }, everything)).toThrow(
    'You should always set the Memory limit',
  )
  expect(() => checkResources({ nanoCpus: 1e9, cpuQuotaUs: 50_000 }, everything)).toThrow('Conflicting options')
  expect(() => checkResources({ nanoCpus: 1e15 }, everything)).toThrow('range of CPUs is from 0.01')
  expect(() => checkResources({ cpusetCpus: 'a-b' }, everything)).toThrow('Invalid value a-b')
})

test('what the host cannot limit is taken out and told', () => {
  const { resources, warnings } = checkResources(
    { memoryBytes: 64 << 20, pidsLimit: 5 },
    { ...everything, pids: false },
  )
  expect(resources).toEqual({ memoryBytes: 64 << 20 })
  expect(warnings).toEqual([
    'Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. Limitation discarded.',
  ])
})

test('a weight is checked where the kernel has one, and dropped where not', () => {
  expect(() => checkResources({ blkioWeight: 5 }, { ...everything, blkioWeight: true })).toThrow(
    'Range of blkio weight is from 10 to 1000',
  )
  expect(checkResources({ blkioWeight: 5 }, { ...everything, blkioWeight: false })).toEqual({
    resources: {},
    warnings: ['Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.'],
  })
})

test('a container that is never ended for its memory and has no limit is warned of', () => {
  const warn = (resources: object) => checkResources(resources, everything).warnings.join()
  expect(warn({ oomKillDisable: true })).toContain('no memory limit is set')
  expect(warn({ oomKillDisable: true, memoryBytes: 64 << 20 })).toBe('')
})

test('limits become those of the runtime specification', () => {
  expect(toLinuxResources({ memoryBytes: 10 << 20, nanoCpus: 1.5e9, pidsLimit: -1, cpusetCpus: '0' })).toEqual({
    memory: { limit: 10 << 20, swap: 20 << 20 },
    cpu: { period: 100_000, quota: 150_000, cpus: '0' },
    pids: { limit: -1 },
  })
  expect(toLinuxResources({})).toEqual({})
})
