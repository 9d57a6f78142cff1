import { afterEach, describe, expect, it } from 'vitest'
import { containerId, sampleContainer } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

type Shape = Record<string, unknown>

describe('creating a container', () => {
  it("keeps the request with Docker's defaults, which inspect gives back", async () => {
    let kept: unknown
    api = await startTestApi({
      containers: {
        create: async ({ frontend }) => {
          kept = frontend
          return { id: containerId, warnings: ['w'] }
        },
        inspect: async () =>
          sampleContainer({
            frontend: structuredClone(kept),
            spec: {
              image: 'busybox',
              networkMode: 'bridge',
              resources: { memoryBytes: 1 << 24 },
              hostname: 'h',
              maskedPaths: ['/proc/kcore'],
              readonlyPaths: ['/proc/sys'],
            },
          }),
      },
    })
    const body = {
      Hostname: 'h',
      Image: 'busybox',
      AttachStdout: true,
      HostConfig: { Memory: 16_777_216, Binds: ['/a:/b:ro,z'], CapAdd: ['SYS_TIME'], Tmpfs: { '/run': '' } },
    }
    expect(await api.json('POST', '/containers/create?name=/n', body)).toEqual({ Id: containerId, Warnings: ['w'] })
    expect(api.calls.at(-1)?.request).toMatchObject({ name: 'n' })
    const shape = (await api.json('GET', '/containers/n/json')) as { HostConfig: Shape; Config: Shape }
    expect(shape.HostConfig).toMatchObject({
      Memory: 16_777_216,
      Binds: ['/a:/b:ro,z'],
      CapAdd: ['SYS_TIME'],
      CapDrop: null,
      NetworkMode: 'bridge',
      LogConfig: { Type: 'json-file', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      ShmSize: 67_108_864,
      IpcMode: 'private',
      CgroupnsMode: 'host',
      PortBindings: null,
      Tmpfs: { '/run': '' },
      Dns: null,
      Devices: null,
      PidsLimit: null,
      MemorySwappiness: null,
      OomKillDisable: false,
      Runtime: 'runc',
      MaskedPaths: ['/proc/kcore'],
      ReadonlyPaths: ['/proc/sys'],
    })
    expect(shape.HostConfig).not.toHaveProperty('Mounts')
    expect(shape.HostConfig).not.toHaveProperty('Sysctls')
    expect(shape.Config).toMatchObject({ Hostname: 'h', AttachStdout: true, AttachStdin: false, Volumes: null })
  })

  it('gives warnings as a list also when there are none', async () => {
    api = await startTestApi({ containers: { create: async () => ({ id: 'x', warnings: [] }) } })
    expect(await api.json('POST', '/containers/create', { Image: 'x' })).toEqual({ Id: 'x', Warnings: [] })
  })

  it('hides what the user says, and leaves it to the engine otherwise', async () => {
    api = await startTestApi({ containers: { create: async () => ({ id: 'x', warnings: [] }) } })
    const spec = async (hostConfig: object) => {
      await api.json('POST', '/containers/create', { Image: 'x', HostConfig: hostConfig })
      return (api.calls.at(-1) as { request: { spec: Shape } }).request.spec
    }
    expect(await spec({ MaskedPaths: [], ReadonlyPaths: ['/a'] })).toMatchObject({
      maskedPaths: [],
      readonlyPaths: ['/a'],
    })
    expect(await spec({})).not.toHaveProperty('maskedPaths')
  })

  it('keeps the id of a container whose network is shared', async () => {
    api = await startTestApi({
      containers: { inspect: async () => sampleContainer(), create: async () => ({ id: 'x', warnings: [] }) },
    })
    await api.json('POST', '/containers/create', { Image: 'x', HostConfig: { NetworkMode: 'container:whale' } })
    const { request } = api.calls.at(-1) as { request: { spec: { networkMode: string } } }
    expect(request.spec.networkMode).toBe(`container:${containerId}`)
  })
})
