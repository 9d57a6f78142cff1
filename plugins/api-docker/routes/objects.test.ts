import { afterEach, describe, expect, it } from 'vitest'
import { sampleContainer, sampleImage, sampleNetwork, sampleVolume, streamOf } from '../fixtures/fake-engine.ts'
import { noPlugins } from '../server/no-plugins.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

describe('networks', () => {
  it('are inspected with containers and listed without', async () => {
    const network = sampleNetwork({
      containers: [
        { id: 'c1', name: 'web', endpointId: 'e1', macAddress: '02:00', address: '172.20.0.2/16', addressIpv6: '' },
      ],
    })
    api = await startTestApi({
      networks: { inspect: async () => network, list: async () => ({ networks: [network] }) },
    })
    expect(await api.json('GET', '/networks/bridge?verbose=true')).toMatchObject({
      Name: 'bridge',
      Scope: 'local',
      IPAM: { Driver: 'default', Options: null, Config: [{ Subnet: '172.20.0.0/16', Gateway: '172.20.0.1' }] },
      Containers: {
        c1: { Name: 'web', EndpointID: 'e1', MacAddress: '02:00', IPv4Address: '172.20.0.2/16', IPv6Address: '' },
      },
      Options: {},
      Labels: {},
    })
    expect(await api.json('GET', '/networks')).toMatchObject([{ Containers: {} }])
    expect((await api.call('GET', '/networks/bridge?scope=swarm')).status).toBe(404)
  })

  it('are created with nothing added to what was asked for', async () => {
    api = await startTestApi({ networks: { create: async () => ({ id: 'n1', warning: '' }) } })
    const body = {
      Name: 'net',
      CheckDuplicate: true,
      Driver: 'bridge',
      IPAM: { Driver: 'default', Options: {}, Config: [{ Subnet: '10.9.0.0/24', IPRange: '', Gateway: '10.9.0.1' }] },
      Options: { mtu: '1400' },
      Labels: { 'com.docker.compose.network': 'default' },
      EnableIPv6: false,
    }
    expect(await api.json('POST', '/networks/create', body)).toEqual({ Id: 'n1', Warning: '' })
    expect(api.calls.at(-1)?.request).toEqual({
      spec: {
        name: 'net',
        driver: 'bridge',
        enableIpv6: false,
        options: { mtu: '1400' },
        labels: { 'com.docker.compose.network': 'default' },
        ipamDriver: 'default',
        ipamOptions: {},
        ipam: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.1' }],
      },
    })
    await api.json('POST', '/networks/create', { Name: 'x', ConfigOnly: true, ConfigFrom: { Network: '' } })
    expect(api.calls.at(-1)?.request).toEqual({ spec: { name: 'x', configOnly: true } })
    await api.json('POST', '/networks/create', { Name: 'y', ConfigFrom: { Network: 'x' } })
    expect(api.calls.at(-1)?.request).toEqual({ spec: { name: 'y', configFrom: 'x' } })
  })

  it('connect and disconnect containers', async () => {
    api = await startTestApi({ networks: { connect: async () => ({}), disconnect: async () => ({}) } })
    const settings = { IPAMConfig: { IPv4Address: '10.1.0.9' }, Aliases: ['db'], NetworkID: 'ignored' }
    const body = { Container: 'web', EndpointConfig: settings }
    expect((await api.call('POST', '/networks/net/connect', body)).status).toBe(200)
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'net',
      container: 'web',
      endpoint: { network: 'net', aliases: ['db'], ipv4Address: '10.1.0.9' },
    })
    expect((await api.call('POST', '/networks/net/disconnect', { Container: 'web', Force: true })).status).toBe(200)
    expect((await api.call('POST', '/networks/net/connect', {})).status).toBe(400)
  })
})

describe('volumes', () => {
  it('are created with a name or without, and again', async () => {
    api = await startTestApi({ volumes: { create: async () => sampleVolume() } })
    const reply = await api.call('POST', '/volumes/create', { Name: 'data', DriverOpts: { type: 'nfs' } })
    expect(reply.status).toBe(201)
    expect(JSON.parse(reply.text)).toEqual({
      CreatedAt: '2026-01-02T03:04:05Z',
      Driver: 'local',
      Labels: null,
      Mountpoint: '/var/lib/x/data',
      Name: 'data',
      Options: null,
      Scope: 'local',
    })
    expect(api.calls.at(-1)?.request).toEqual({ name: 'data', options: { type: 'nfs' } })
    expect((await api.call('POST', '/volumes/create')).status).toBe(201)
    expect((await api.call('POST', '/volumes/create', { ClusterVolumeSpec: {} })).status).toBe(503)
  })

  it('are listed, those whose driver is away as waiting for it', async () => {
    const waiting = sampleVolume({ waitingFor: 'waiting for storage.volume driver "nfs"' })
    api = await startTestApi({ volumes: { list: async () => ({ volumes: [waiting], warnings: [] }) } })
    expect(await api.json('GET', '/volumes')).toMatchObject({
      Volumes: [{ Name: 'data', Status: { waitingFor: 'waiting for storage.volume driver "nfs"' } }],
      Warnings: null,
    })
  })

  it('are pruned all before 1.42, and the anonymous ones since', async () => {
    api = await startTestApi({ volumes: { prune: async () => ({ removed: ['a'], spaceReclaimed: '5' }) } })
    expect(await api.json('POST', '/v1.41/volumes/prune')).toEqual({ VolumesDeleted: ['a'], SpaceReclaimed: 5 })
    expect(api.calls.at(-1)?.request).toEqual({ all: true })
    await api.json('POST', '/volumes/prune?filters={"label":["a"]}')
    expect(api.calls.at(-1)?.request).toEqual({ all: false, labels: ['a'] })
    expect((await api.call('POST', '/volumes/prune?filters={"until":["1h"]}')).status).toBe(400)
  })
})

describe('the system', () => {
  it('tells versions and facts, by version of the API', async () => {
    api = await startTestApi()
    expect(await api.json('GET', '/version')).toMatchObject({
      Version: '0.1.0',
      ApiVersion: '1.51',
      MinAPIVersion: '1.24',
      Components: [{ Name: 'Engine' }, { Name: 'runc', Version: '1.1.5' }],
    })
    expect(await api.json('GET', '/info')).toMatchObject({
      Driver: 'overlay2',
      Swarm: { LocalNodeState: 'inactive', RemoteManagers: null },
      Runtimes: { runc: { path: '/usr/sbin/runc', status: expect.any(Object) as unknown } },
      SecurityOptions: ['name=seccomp,profile=builtin'],
      CgroupVersion: '1',
    })
    expect(await api.json('GET', '/v1.24/info')).toMatchObject({
      SecurityOptions: ['seccomp'],
      Runtimes: { runc: { path: '/usr/sbin/runc' } },
      BridgeNfIptables: false,
      RuncCommit: { ID: '1.1.5', Expected: '1.1.5' },
    })
  })

  it('streams events with exact nanoseconds and the older fields', async () => {
    const time = '2026-01-01T00:00:00.123456789Z'
    const attributes = { image: 'busybox', exitCode: '3', name: 'n' }
    api = await startTestApi({
      system: {
        events: () =>
          streamOf(
            { listening: true },
            { event: { type: 'container' as const, action: 'die', id: 'c1', attributes, time } },
            { event: { type: 'image' as const, action: 'create', id: 'i1', attributes: {}, time } },
            { dropped: 3 },
            { event: { type: 'network' as const, action: 'connect', id: 'n1', attributes: {}, time } },
          ),
      },
    })
    const filters = encodeURIComponent('{"type":{"container":true},"event":["die"]}')
    const { text } = await api.call('GET', `/v1.45/events?since=1.5&filters=${filters}`)
    expect(api.calls.at(-1)?.request).toEqual({
      since: '1970-01-01T00:00:01.5Z',
      filter: { types: ['container'], actions: ['die'] },
    })
    const rows = text.trim().split('\n')
    expect(rows).toHaveLength(2)
    expect(rows[0]).toBe(
      '{"status":"die","id":"c1","from":"busybox","Type":"container","Action":"die",' +
        '"Actor":{"ID":"c1","Attributes":{"image":"busybox","exitCode":"3","name":"n"}},' +
        '"scope":"local","time":1767225600,"timeNano":1767225600123456789}',
    )
    expect(rows[1]).not.toContain('"status"')
    expect((await api.call('GET', '/events?since=5&until=1')).status).toBe(400)
    expect((await api.call('GET', '/events?filters={"colour":["red"]}')).status).toBe(400)
  })

  it('tells what takes up the disk', async () => {
    api = await startTestApi({
      images: {
        list: async () => ({ images: [sampleImage({ containers: 1 })] }),
        usage: async () => ({ layersSize: '5000000', images: [{ id: sampleImage().id, sharedSize: '12' }] }),
      },
      builder: { usage: async () => ({ entries: [] }) },
      containers: { list: async () => ({ containers: [sampleContainer({ sizeRw: '7', sizeRootFs: '9' })] }) },
      volumes: { list: async () => ({ volumes: [sampleVolume({ size: '11', users: 1 })], warnings: [] }) },
    })
    expect(await api.json('GET', '/v1.50/system/df')).toMatchObject({
      LayersSize: 5_000_000,
      Images: [{ Containers: 1, SharedSize: 12, Size: 4_261_550 }],
      Containers: [{ SizeRw: 7, SizeRootFs: 9 }],
      Volumes: [{ Name: 'data', UsageData: { RefCount: 1, Size: 11 } }],
      BuildCache: [],
    })
    expect(await api.json('GET', '/system/df?type=volume')).toMatchObject({ Images: null, Containers: null })
    expect((await api.call('GET', '/system/df?type=moon')).status).toBe(400)
  })

  it('has no managed plugins without a component for them, and says what to add', async () => {
    api = await startTestApi({ plugins: noPlugins })
    expect(await api.json('GET', '/plugins')).toEqual([])
    for (const [method, path, body] of [
      ['GET', '/plugins/x/json'],
      ['POST', '/plugins/pull?remote=x', []],
      ['POST', '/plugins/x/enable?timeout=0'],
    ] as const) {
      const { status, text } = await api.call(method, path, body)
      expect([path, status]).toEqual([path, 501])
      expect(text).toContain('add moby/docker-plugins to the assembly')
    }
  })
})
