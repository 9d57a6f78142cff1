import { expect, test } from 'vitest'
import { toBlockIO } from './block-io.ts'
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
  blkioWeightDevice: true,
  blkioReadBps: true,
  blkioWriteBps: true,
  blkioReadIops: true,
  blkioWriteIops: true,
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

test('limits of block devices that the host cannot keep are taken out and told', () => {
  const limits = {
    blkioWeightDevices: [{ path: '/dev/x', weight: 10 }],
    blkioReadBps: [{ path: '/dev/x', rate: 1 }],
    blkioWriteIops: [{ path: '/dev/x', rate: 1 }],
    blkioWriteBps: [],
  }
  expect(checkResources(limits, everything)).toEqual({
    resources: {
      blkioWeightDevices: limits.blkioWeightDevices,
      blkioReadBps: limits.blkioReadBps,
      blkioWriteIops: limits.blkioWriteIops,
    },
    warnings: [],
  })
  const without = { ...everything, blkioWeightDevice: false, blkioReadBps: false, blkioWriteIops: false }
  expect(checkResources(limits, without)).toEqual({
    resources: {},
    warnings: [
      'Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.',
      'Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted. Block I/O BPS read limit discarded.',
      'Your kernel does not support IOPS Block write limit or the cgroup is not mounted. Block I/O IOPS write limit discarded.',
    ],
  })
})

test('limits of block devices have the numbers of the device, and a path that is none is refused', () => {
  const [path, rate] = ['/dev/null', 7]
  expect(toBlockIO({ blkioWeight: 100, blkioReadBps: [{ path, rate }], blkioWriteIops: [{ path, rate }] })).toEqual({
    weight: 100,
    throttleReadBpsDevice: [{ major: 1, minor: 3, rate: 7 }],
    throttleWriteIOPSDevice: [{ major: 1, minor: 3, rate: 7 }],
  })
  expect(toBlockIO({ blkioWeightDevices: [{ path, weight: 9 }] })).toEqual({
    weightDevice: [{ major: 1, minor: 3, weight: 9 }],
  })
  expect(toBlockIO({})).toBeUndefined()
  const missing = () => toBlockIO({ blkioReadBps: [{ path: '/dev/nope', rate }] })
  expect(missing).toThrow(
    expect.objectContaining({ code: 'CONTAINER_START_FAILED', message: 'stat /dev/nope: no such file or directory' }),
  )
  expect(() => toBlockIO({ blkioReadBps: [{ path: '/dev', rate }] })).toThrow('stat /dev: not a device')
})
