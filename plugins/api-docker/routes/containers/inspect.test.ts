import { afterEach, describe, expect, it } from 'vitest'
import { containerId, sampleContainer } from '../../fixtures/fake-engine.ts'
import { runningContainer } from '../../fixtures/running-container.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

type Shape = Record<string, unknown>

describe('inspecting a container', () => {
  it("has Docker's shape, with nothing null that is a list or map there", async () => {
    api = await startTestApi({ containers: { inspect: async () => runningContainer } })
    const shape = (await api.json('GET', '/containers/x/json')) as Record<string, Shape>
    expect(shape).toMatchObject({
      Id: containerId,
      Name: '/quiet_whale',
      Created: '2026-01-02T03:04:05.678Z',
      Path: 'sh',
      Args: ['-c', 'echo hello world'],
      Platform: 'linux',
      Driver: 'overlay',
      ExecIDs: null,
      Mounts: [],
    })
    expect(shape['State']).toMatchObject({
      Status: 'running',
      Running: true,
      Paused: false,
      Pid: 42,
      FinishedAt: '0001-01-01T00:00:00Z',
      Health: { Status: 'healthy', FailingStreak: 0, Log: [] },
    })
    expect(shape['NetworkSettings']).toMatchObject({
      IPAddress: '',
      Ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '8080' },
          { HostIp: '::', HostPort: '8080' },
        ],
        '443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8443' }],
        '53/udp': null,
      },
      Networks: {
        net: {
          IPAMConfig: { IPv4Address: '10.1.0.2' },
          Aliases: ['web'],
          DNSNames: ['quiet_whale', 'web', 'c0ffee000000'],
          IPAddress: '10.1.0.2',
          IPPrefixLen: 16,
          Gateway: '10.1.0.1',
          MacAddress: '02:42:0a:01:00:02',
          DriverOpts: null,
        },
      },
    })
  })

  it('adds the id and the host name to the aliases before 1.45', async () => {
    api = await startTestApi({ containers: { inspect: async () => runningContainer } })
    const shape = (await api.json('GET', '/v1.44/containers/x/json')) as {
      NetworkSettings: { Networks: Record<string, Shape> }
    }
    expect(shape.NetworkSettings.Networks['net']?.['Aliases']).toEqual(['web', 'c0ffee000000'])
  })

  it('shows what waits for a driver as waiting, not as lost', async () => {
    const state = {
      ...sampleContainer().state,
      status: 'exited' as const,
      exitCode: 3,
      finishedAt: new Date().toISOString(),
    }
    const waiting = sampleContainer({ state: { ...state, waitingFor: 'waiting for storage.layers driver "overlay"' } })
    api = await startTestApi({
      containers: { inspect: async () => waiting, list: async () => ({ containers: [waiting] }) },
    })
    const [row] = (await api.json('GET', '/containers/json?all=1')) as [Shape]
    expect(row['Status']).toBe('Exited (3) Less than a second ago (waiting for storage.layers driver "overlay")')
    const { State: shape } = (await api.json('GET', '/containers/x/json')) as { State: Shape }
    expect(shape).toMatchObject({
      Status: 'exited',
      Running: false,
      Error: 'waiting for storage.layers driver "overlay"',
    })
  })
})
