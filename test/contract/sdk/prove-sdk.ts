import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { componentLifecycle } from '@moby/contracts'
import { frameKinds, encodeFrame } from '@moby/contracts/wire'
import { code } from '../../../contracts/wire/testing/checks.ts'
import type { Sample } from '../../../contracts/wire/testing/sample.ts'
import { proveCalls } from './prove-calls.ts'
import { startSample, type StartedSample } from './start-sample.ts'

/** What holds of every SDK: its server and its client speak the wire exactly, and its processes end as they should. */
export function proveSdk(language: string, command: readonly string[]): void {
  describe.each([
    ['serves by itself', {}],
    ['passes calls on to what it requires', { relay: true }],
  ])(`a component in ${language} that %s`, (_title, config) => {
    let started: StartedSample
    let driver: Sample
    beforeAll(async () => {
      started = await startSample(command, config)
      driver = started.driver
    })
    afterAll(() => started.close())
    proveCalls(() => driver)
  })

  describe(`a component in ${language}`, () => {
    let started: StartedSample
    let driver: Sample
    beforeAll(async () => {
      started = await startSample(command, { mode: 'plain' })
      driver = started.driver
    })
    afterAll(() => started.close())
    const facts = async () => (await driver.echo({ text: '!facts' })).got as Record<string, unknown>

    it('tells who it is and what it serves', async () => {
      expect(await started.peer.handshake()).toEqual({
        Implements: [],
        component: 'test/sample',
        version: '1.2.3',
        contracts: [
          { contract: 'test.sample', version: '0.3.1' },
          { contract: 'component.lifecycle', version: '0.1.0' },
        ],
      })
      expect(await facts()).toMatchObject({ name: 'sample-1', config: { mode: 'plain' } })
      await expect
        .poll(() => records(started))
        .toContainEqual(expect.objectContaining({ level: 'info', message: 'the sample is served', mode: 'plain' }))
    })

    it('keeps code, kind, message, hint and details of errors', async () => {
      await expect(driver.echo({ text: '!conflict' })).rejects.toMatchObject({
        code: 'VOLUME_IN_USE',
        kind: 'conflict',
        message: 'volume a is used',
        hint: 'Stop b.',
        details: { by: ['b'] },
      })
      await expect(driver.echo({ text: '!own' })).rejects.toMatchObject({ code: 'ACME_QUOTA', kind: 'exhausted' })
      const defect: unknown = await driver.echo({ text: '!defect' }).catch((error: unknown) => error)
      expect(defect).toMatchObject({
        code: 'WIRE_INTERNAL',
        message: expect.stringContaining('x is undefined') as string,
      })
      expect(JSON.stringify(defect)).not.toMatch(/\.py|\.go:/)
      await expect
        .poll(() => records(started))
        .toContainEqual(
          expect.objectContaining({
            level: 'error',
            message: expect.stringMatching(/^\/?test.sample\/?.echo failed/) as string,
          }),
        )
    })

    it('cancels the work of a caller who gives up, and of one whose deadline has passed', async () => {
      const before = (await facts())['cancelled'] as number
      await expect(driver.hurry({})).rejects.toEqual(code('WIRE_DEADLINE'))
      const controller = new AbortController()
      const begun = (await facts())['begun'] as number
      const pending = driver.echo({ text: '!wait' }, { signal: controller.signal })
      await expect.poll(async () => (await facts())['begun']).toBe(begun + 1)
      controller.abort()
      await expect(pending).rejects.toEqual(code('CANCELLED'))
      await expect.poll(async () => (await facts())['cancelled']).toBe(before + 2)
    })

    it('closes a stream that its reader leaves, also while it waits', async () => {
      const before = (await facts())['closed'] as number
      for await (const _ of driver.records({ count: -2 })) break
      await expect.poll(async () => (await facts())['closed']).toBe(before + 1)
      const iterator = driver.records({ count: -1 })[Symbol.asyncIterator]()
      await iterator.next()
      const waiting = iterator.next()
      await iterator.return?.()
      await expect(waiting).resolves.toEqual({ done: true, value: undefined })
      await expect.poll(async () => (await facts())['closed']).toBe(before + 2)
    })

    it('goes at the pace of the reader', async () => {
      const before = (await facts())['made'] as number
      const iterator = driver.download({ chunks: 1_000, size: 100_000 })[Symbol.asyncIterator]()
      await iterator.next()
      await sleep(200)
      expect(((await facts())['made'] as number) - before).toBeLessThan(50)
      await iterator.return?.()
    })

    it('carries a failure of the source to the driver', async () => {
      const broken = new Error('disk gone')
      const source = async function* () {
        yield new Uint8Array(10)
        throw broken
      }
      await expect(driver.upload({}, source())).rejects.toBe(broken)
      expect((await facts())['seen']).toMatchObject({ code: 'WIRE_INTERNAL', message: 'disk gone' })
    })

    it('tells an input that was cut from one that has ended', async () => {
      const { response, request } = post(started.socketPath, '/test.sample/upload', { 'transfer-encoding': 'chunked' })
      request.write(encodeFrame('request', Buffer.from('{}')))
      await new Promise((resolve) => request.write(encodeFrame('data', Buffer.alloc(100)), resolve))
      request.destroy()
      await expect(response).rejects.toBeDefined()
      await expect.poll(async () => (await facts())['seen']).toMatchObject({ code: 'WIRE_STREAM_BROKEN' })
    })

    it.each([
      ['GET', '/test.sample/echo', '', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/elsewhere', '{}', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/no.contract/echo', '{}', 404, 'WIRE_CONTRACT_UNKNOWN'],
      ['POST', '/test.sample/none', '{}', 501, 'WIRE_METHOD_UNKNOWN'],
      ['POST', '/test.sample/echo', '{"text":', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/echo', '{"free":NaN}', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/echo', '[]', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/echo', `{"free":${'['.repeat(65)}${']'.repeat(65)}}`, 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/upload', 'garbage', 503, 'WIRE_STREAM_BROKEN'],
      ['POST', '/test.sample/upload', String(encodeFrame('data', Buffer.alloc(1))), 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/talk', '{"greeting":"a"}', 400, 'WIRE_REQUEST_INVALID'],
      ['POST', '/test.sample/talk/input', '', 400, 'WIRE_REQUEST_INVALID'],
    ])('refuses %s %s with %j by %i %s, and serves on', async (method, path, body, status, wanted) => {
      const { response, request } = post(started.socketPath, path, {}, method)
      request.end(body)
      const answer = await response
      expect(answer.statusCode).toBe(status)
      expect(JSON.parse(await textOf(answer))).toMatchObject({
        error: { code: wanted, message: expect.any(String) as string },
      })
      expect((await driver.echo({ text: 'still there' })).got).toEqual({ text: 'still there' })
    })

    it('refuses bodies and frames that are too large before it has read them', async () => {
      const announced = post(started.socketPath, '/test.sample/echo', { 'content-length': String(17 << 20) })
      announced.request.write('{')
      expect((await announced.response).statusCode).toBe(413)
      announced.request.destroy()
      const frame = post(started.socketPath, '/test.sample/upload', { 'transfer-encoding': 'chunked' })
      frame.request.write(encodeFrame('request', Buffer.from('{}')))
      const head = Buffer.alloc(5)
      head[0] = frameKinds.data
      head.writeUInt32BE(2 << 20, 1)
      frame.request.write(head)
      expect(JSON.parse(await textOf(await frame.response))).toMatchObject({ error: { code: 'WIRE_TOO_LARGE' } })
      frame.request.destroy()
    })

    it('keeps attempts of one call apart', async () => {
      const attempt = async () => {
        const headers = { 'idempotency-key': 'one-call' }
        const { response, request } = post(started.socketPath, '/test.sample/echo', headers)
        request.end('{"text":"!slow"}')
        return (await response).statusCode
      }
      expect(await Promise.all([attempt(), attempt(), attempt()])).toEqual([200, 200, 200])
      expect((await facts())['most']).toBe(1)
    })

    it('survives connections that say nothing, half a head, or no HTTP', async () => {
      for (const text of ['', 'POST /test.sample/echo HT', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', '\0\0\0\r\n\r\n']) {
        const socket = connect(started.socketPath)
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        socket.write(text)
        await sleep(20)
        socket.destroy()
      }
      expect((await driver.echo({ text: 'still there' })).got).toEqual({ text: 'still there' })
    })

    it('serves many at once', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => driver.echo({ text: `n${n}` })))
      expect(answers.map(({ got }) => got)).toEqual(Array.from({ length: 200 }, (_, n) => ({ text: `n${n}` })))
    })

    it('passes the id of a call on to the driver', async () => {
      const { response, request } = post(started.socketPath, '/test.sample/echo', { 'x-moby-call': 'call-17' })
      request.end('{"text":"!facts"}')
      expect(JSON.parse(await textOf(await response))).toMatchObject({ got: { call: 'call-17' } })
    })

    it('tells the kernel when it is degraded', async () => {
      await driver.echo({ text: '!degraded' })
      expect(started.told).toEqual(['the disk is slow'])
    })
  })

  describe(`the process of a component in ${language}`, () => {
    const start = async (config = {}) => {
      const started = await startSample(command, config)
      onTestFinished(() => started.close())
      return started
    }
    const exited = async ({ child }: StartedSample) =>
      child.exitCode === null ? ((await once(child, 'exit'))[0] as unknown) : child.exitCode

    it('calls its hooks and tells its health', async () => {
      const started = await start({ restriction: 'half a disk' })
      const lifecycle = started.peer.contract(componentLifecycle)
      await lifecycle.start({})
      expect(existsSync(join(started.data, 'started'))).toBe(true)
      expect(await lifecycle.health({})).toEqual({ status: 'degraded', reason: 'half a disk' })
      await lifecycle.stop({ reason: 'stop-containers' })
      expect(await readFile(join(started.data, 'stopped'), 'utf8')).toBe('stop-containers')
      started.child.kill('SIGTERM')
      expect(await exited(started)).toBe(0)
      expect(await readFile(join(started.data, 'stopped'), 'utf8')).toBe('stop-containers')
    })

    it('ends by SIGTERM when calls in flight are over', async () => {
      const started = await start()
      const pending = started.driver.echo({ text: '!slow' })
      const begun = async () => (await started.driver.echo({ text: '!facts' })).got as { begun: number }
      await expect.poll(async () => (await begun()).begun).toBe(1)
      started.child.kill('SIGTERM')
      await expect(pending).resolves.toBeDefined()
      expect(await exited(started)).toBe(0)
      expect(await readFile(join(started.data, 'stopped'), 'utf8')).toBe('leave-containers')
    })

    it('ends when its standard input ends, because the engine is gone then', async () => {
      const started = await start()
      expect((await started.peer.contract(componentLifecycle).health({})).status).toBe('ready')
      started.child.stdin?.end()
      expect(await exited(started)).toBe(0)
    })
  })
}

function records({ lines }: StartedSample): object[] {
  return lines.map((line) => JSON.parse(line) as object)
}

function post(socketPath: string, path: string, headers: Record<string, string>, method = 'POST') {
  const request = httpRequest({ socketPath, path, method, headers, agent: false })
  const response = new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  )
  response.catch(() => undefined)
  return { request, response }
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message) text += String(chunk)
  return text
}
