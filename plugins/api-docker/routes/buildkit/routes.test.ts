import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Http2Server } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BuildkitBridge } from '../../buildkit/bridge.ts'
import { RawClient } from '../../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let folder: string
let daemon: Http2Server
let api: TestApi
let opened: number
let open: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridge-'))
  daemon = createServer()
  opened = 0
  open = 0
  daemon.on('session', (session) => {
    opened += 1
    open += 1
    session.once('close', () => (open -= 1))
  })
  await once(daemon.listen(join(folder, 'daemon.sock')), 'listening')
  api = await startTestApi({}, undefined, new BuildkitBridge(join(folder, 'daemon.sock')))
})
afterEach(async () => {
  await api.close()
  daemon.close()
  await rm(folder, { recursive: true, force: true })
})

test.each(['/session', '/grpc'])(
  'POST %s that does not ask for the upgrade leaves no connection behind',
  async (path) => {
    const { status, text } = await api.call('POST', path, undefined, { upgrade: 'h2c' })
    expect([status, text]).toEqual([400, expect.stringContaining('does not ask for an upgrade to h2c')])
    await expect.poll(() => open).toBe(0)
  },
)

test.each(['/session', '/grpc'])('POST %s from a client that leaves closes its connection', async (path) => {
  const client = await RawClient.connect(api.socket)
  client.write(`POST ${path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`)
  await client.until('101 UPGRADED')
  await expect.poll(() => open).toBe(1)
  client.destroy()
  await expect.poll(() => [opened, open]).toEqual([1, 0])
})
