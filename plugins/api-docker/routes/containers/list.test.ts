import { afterEach, describe, expect, it } from 'vitest'
import { containerId } from '../../fixtures/fake-engine.ts'
import { runningContainer } from '../../fixtures/running-container.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

type Shape = Record<string, unknown>

describe('listing containers', () => {
  it('has a row with slash, status words and every port', async () => {
    api = await startTestApi({ containers: { list: async () => ({ containers: [runningContainer] }) } })
    const [row] = (await api.json('GET', '/containers/json')) as [Shape]
    expect(row).toEqual({
      Id: containerId,
      Names: ['/quiet_whale'],
      Image: 'busybox',
      ImageID: runningContainer.image.id,
      Command: "sh -c 'echo hello world'",
      Created: 1_767_323_045,
      Ports: [
        { PrivatePort: 53, Type: 'udp' },
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '127.0.0.1', PrivatePort: 443, PublicPort: 8443, Type: 'tcp' },
      ],
      Labels: { 'com.docker.compose.project': 'p' },
      State: 'running',
      Status: 'Up 2 minutes (healthy)',
      HostConfig: { NetworkMode: 'net' },
      NetworkSettings: { Networks: { net: expect.objectContaining({ NetworkID: 'n1', DNSNames: null }) as unknown } },
      Mounts: [],
    })
  })

  it('passes filters in both spellings on, and takes limit=0 for none', async () => {
    api = await startTestApi({ containers: { list: async () => ({ containers: [] }) } })
    const filters = encodeURIComponent('{"label":{"a=1":true},"status":["exited"],"exited":["7"],"publish":["80-81"]}')
    await api.json('GET', `/containers/json?limit=0&filters=${filters}`)
    expect(api.calls.at(-1)?.request).toEqual({
      all: true,
      size: false,
      filter: { labels: ['a=1'], statuses: ['exited'], exitCodes: [7], publish: ['80/tcp', '81/tcp'] },
    })
  })

  it.each([
    ['{"lable":["x"]}', "invalid filter 'lable'"],
    ['{"status":["died"]}', "invalid filter 'status=died'"],
    ['{"exited":["x"]}', "invalid filter 'exited=x'"],
    ['{', 'invalid filter'],
  ])('refuses the filters %s', async (filters, message) => {
    api = await startTestApi()
    const reply = await api.call('GET', `/containers/json?filters=${encodeURIComponent(filters)}`)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(message)
  })
})
