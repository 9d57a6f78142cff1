import type { TaskStats } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { containerId, streamOf } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

describe('stats', () => {
  const task: TaskStats = {
    readAt: '2026-01-01T00:00:01Z',
    cpu: { totalNs: 5, userNs: 3, systemNs: 2, perCpuNs: [4, 1] },
    memory: { usage: 10, limit: 1e20, stats: { inactive_file: 4 } },
    pids: { current: 2 },
    blockIo: [{ major: 8, minor: 0, operation: 'Read', bytes: 4096 }],
  }

  it('compare with the reading before, and tell limits as the host has them', async () => {
    api = await startTestApi({
      containers: {
        stats: () =>
          streamOf({
            id: containerId,
            name: 'n',
            task,
            previous: { ...task, readAt: '2026-01-01T00:00:00Z' },
            systemCpuNs: 100,
            previousSystemCpuNs: 50,
            onlineCpus: 2,
            hostMemoryBytes: 1000,
            networks: {
              eth0: {
                rxBytes: 1,
                rxPackets: 2,
                rxErrors: 0,
                rxDropped: 0,
                txBytes: 3,
                txPackets: 4,
                txErrors: 0,
                txDropped: 0,
              },
            },
          }),
      },
    })
    expect(await api.json('GET', '/containers/x/stats?stream=0')).toMatchObject({
      id: containerId,
      name: '/n',
      read: '2026-01-01T00:00:01Z',
      preread: '2026-01-01T00:00:00Z',
      cpu_stats: { cpu_usage: { total_usage: 5, percpu_usage: [4, 1] }, system_cpu_usage: 100, online_cpus: 2 },
      precpu_stats: { system_cpu_usage: 50 },
      memory_stats: { usage: 10, limit: 1000, stats: { inactive_file: 4 } },
      pids_stats: { current: 2 },
      blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'Read', value: 4096 }] },
      networks: { eth0: { rx_bytes: 1, tx_packets: 4 } },
    })
  })

  it('are written with all their digits', async () => {
    const unlimited = { ...task, memory: { usage: 1, stats: { hierarchical_memory_limit: 9223372036854771712 } } }
    const reading = { id: containerId, name: 'n', task: unlimited, onlineCpus: 2, hostMemoryBytes: 1000 }
    api = await startTestApi({ containers: { stats: () => streamOf(reading) } })
    const { text } = await api.call('GET', '/containers/x/stats?stream=0')
    expect(text).toContain('"hierarchical_memory_limit":9223372036854771712}')
  })

  it('of a container that is down are the zero reading', async () => {
    api = await startTestApi({
      containers: { stats: () => streamOf({ id: containerId, name: 'n', onlineCpus: 2, hostMemoryBytes: 1000 }) },
    })
    expect(await api.json('GET', '/containers/x/stats?stream=0')).toMatchObject({
      read: '0001-01-01T00:00:00Z',
      memory_stats: {},
      pids_stats: {},
      cpu_stats: { cpu_usage: { total_usage: 0 } },
    })
  })
})
