import { codedError } from '@moby/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleContainer } from '../fixtures/fake-engine.ts'
import { RawClient } from '../fixtures/raw-client.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
let client: RawClient
afterEach(async () => {
  client?.destroy()
  await api.close()
})

const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp\r\n'
const bytes = (text: string) => new TextEncoder().encode(text)
const openStdin = async () => sampleContainer({ spec: { image: 'x', openStdin: true } })

type Input = AsyncIterable<Uint8Array>

/** A container that says back what it hears, and goes on after the end of its input. */
async function* echo(_request: unknown, input: Input) {
  yield { attached: true }
  for await (const data of input) yield { stream: 'stdout' as const, data }
  await sleep(50)
  yield { stream: 'stderr' as const, data: bytes('after') }
}

const execInfo = (terminal = false) => ({
  id: 'e1',
  containerId: 'c',
  spec: { command: ['cat'], attachStdin: true, terminal },
  running: false,
  pid: 0,
})

describe('attach', () => {
  it('upgrades, frames both streams, and goes on after the client has ended its side', async () => {
    api = await startTestApi({ containers: { inspect: openStdin, attach: echo } })
    client = await RawClient.connect(api.socket)
    client.write(
      `POST /v1.50/containers/x/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`,
    )
    const head = await client.until('\r\n\r\n')
    expect(head).toBe(
      'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    )
    client.write('hello')
    await client.until('hello')
    client.socket.end()
    expect((await client.untilEnd()).slice(head.length)).toBe('\x01\0\0\0\0\0\0\x05hello\x02\0\0\0\0\0\0\x05after')
  })

  it('is raw with a terminal, and under versions before 1.42 says so without one too', async () => {
    const terminal = async () => sampleContainer({ spec: { image: 'x', openStdin: true, terminal: true } })
    api = await startTestApi({ containers: { inspect: terminal, attach: echo } })
    client = await RawClient.connect(api.socket)
    client.write(`POST /containers/x/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`)
    await client.until('\r\n\r\n')
    client.socket.end('typed')
    const text = await client.untilEnd()
    expect(text).toContain('Content-Type: application/vnd.docker.raw-stream')
    expect(text).toMatch(/\r\n\r\ntypedafter$/)
  })

  it('answers an error before the upgrade as ordinary HTTP', async () => {
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        // oxlint-disable-next-line require-yield -- a stream that fails before its first item
        attach: async function* () {
          throw codedError('CONTAINER_STATE', 'You cannot attach to a paused container, unpause it first')
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write(`POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`)
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 409 /)
    expect(text).toContain('{"message":"You cannot attach to a paused container, unpause it first"}')
  })

  it('serves a client without upgrade by an answer that ends with the connection', async () => {
    api = await startTestApi({ containers: { inspect: openStdin, attach: echo } })
    client = await RawClient.connect(api.socket)
    client.write('POST /containers/x/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: d\r\n\r\n')
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toContain('application/vnd.docker.raw-stream')
    expect(text.endsWith('\r\n\r\n\x02\0\0\0\0\0\0\x05after')).toBe(true)
  })

  it.each(['closes', 'closes after it has ended its input'])('gives the call up when the client %s', async (way) => {
    let aborted = false
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        attach: async function* (_request, _input, call) {
          yield { attached: true }
          await new Promise<void>((resolve) => call?.signal?.addEventListener('abort', () => resolve()))
          aborted = true
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write(`POST /containers/x/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`)
    await client.until('\r\n\r\n')
    if (way !== 'closes') {
      client.socket.end()
      await sleep(50)
      expect(aborted).toBe(false)
    }
    client.destroy()
    await expect.poll(() => aborted).toBe(true)
  })

  it('holds the container back while the client does not read', async () => {
    let produced = 0
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        attach: async function* () {
          yield { attached: true }
          const data = Buffer.alloc(64 * 1024)
          for (; produced < 200; produced++) yield { stream: 'stdout' as const, data }
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write(`POST /containers/x/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`)
    await client.until('\r\n\r\n')
    client.socket.pause()
    // It stands still when nothing more comes in a while in which this process surely had its turn.
    for (let before = -1; before < produced;) {
      before = produced
      for (let turn = 0; turn < 10; turn += 1) await sleep(20)
    }
    expect(produced).toBeLessThan(150)
    client.socket.resume()
    await client.untilEnd()
    expect(produced).toBe(200)
  })
})

describe('exec', () => {
  const startBody = '{"Detach":false,"Tty":false}'
  const start = (headers: string, body: string) =>
    `POST /v1.50/exec/e1/start HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n${headers}${upgrade}\r\n${body}`

  it.each([
    ['by its length', `Content-Length: ${startBody.length}\r\n`, startBody],
    ['in chunks', 'Transfer-Encoding: chunked\r\n', `1c\r\n${startBody}\r\n0\r\n\r\n`],
  ])('reads its body %s from an upgrade request, and what follows as input', async (_how, headers, body) => {
    api = await startTestApi({ exec: { inspect: async () => execInfo(), start: echo } })
    client = await RawClient.connect(api.socket)
    client.write(`${start(headers, body)}early `)
    await client.until('early ')
    client.socket.end('late')
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n/)
    expect(text).toContain('Api-Version: 1.51')
    const output = text.slice(text.indexOf('\r\n\r\n') + 4)
    expect(output).toContain('\x01\0\0\0\0\0\0\x06early ')
    expect(output).toContain('\x01\0\0\0\0\0\0\x04late')
    expect(output).toMatch(/after$/)
  })

  it('reads a body that comes in pieces', async () => {
    api = await startTestApi({ exec: { inspect: async () => execInfo(), start: echo } })
    client = await RawClient.connect(api.socket)
    const whole = start(`Content-Length: ${startBody.length}\r\n`, startBody)
    for (const piece of [whole.slice(0, -20), whole.slice(-20, -5), whole.slice(-5)]) {
      client.write(piece)
      await sleep(20)
    }
    await client.until('101')
    client.socket.end()
    expect(await client.untilEnd()).toMatch(/after$/)
  })

  it('tells a program that cannot be started as output', async () => {
    const message = 'OCI runtime exec failed: exec: "nope": executable file not found in $PATH'
    api = await startTestApi({
      exec: {
        inspect: async () => execInfo(),
        // oxlint-disable-next-line require-yield -- a stream that fails before its first item
        start: async function* () {
          throw codedError('EXEC_START_FAILED', message)
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write(start(`Content-Length: ${startBody.length}\r\n`, startBody))
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 101 /)
    expect(text).toContain(`${message}\r\n`)
  })

  it('answers a detached start by ordinary HTTP, also when an upgrade was asked for', async () => {
    api = await startTestApi({
      exec: {
        inspect: async () => execInfo(),
        start: async function* () {
          yield { attached: true }
        },
      },
    })
    const reply = await api.call('POST', '/exec/e1/start', { Detach: true })
    expect(reply).toMatchObject({ status: 200, text: '' })
    client = await RawClient.connect(api.socket)
    const body = '{"Detach":true}'
    client.write(start(`Content-Length: ${body.length}\r\n`, body))
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('answers an unknown exec with 404 and no upgrade', async () => {
    api = await startTestApi({
      exec: {
        inspect: async () => {
          throw codedError('EXEC_NOT_FOUND', 'No such exec instance: e1')
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write(start(`Content-Length: ${startBody.length}\r\n`, startBody))
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
    expect(text).toContain('No such exec instance: e1')
  })
})

describe('answers that last', () => {
  it('wait sends its head before the container has ended', async () => {
    let end: () => void = () => {}
    const ended = new Promise<void>((resolve) => (end = resolve))
    api = await startTestApi({
      containers: {
        wait: async function* () {
          yield { waiting: true }
          await ended
          yield { exitCode: 3 }
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write('POST /containers/x/wait?condition=next-exit HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n')
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    expect(client.text).not.toContain('StatusCode')
    expect(api.calls.at(-1)?.request).toEqual({ ref: 'x', condition: 'next-exit' })
    end()
    expect(await client.untilEnd()).toContain('{"StatusCode":3}\n')
  })

  it('wait tells an error beside the code, and refuses unknown conditions', async () => {
    api = await startTestApi({
      containers: {
        wait: async function* () {
          yield { waiting: true }
          yield { exitCode: 127, error: 'no such file' }
        },
      },
    })
    expect(await api.json('POST', '/containers/x/wait')).toEqual({
      StatusCode: 127,
      Error: { Message: 'no such file' },
    })
    expect(await api.call('POST', '/containers/x/wait?condition=never')).toMatchObject({ status: 400 })
    client = await RawClient.connect(api.socket)
  })

  it('events send their head at once and stop the engine when the client leaves', async () => {
    let stopped = false
    api = await startTestApi({
      system: {
        events: async function* (_request, call) {
          yield { listening: true }
          await new Promise<void>((resolve) => call?.signal?.addEventListener('abort', () => resolve()))
          stopped = true
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write('GET /events HTTP/1.1\r\nHost: d\r\n\r\n')
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    client.destroy()
    await expect.poll(() => stopped).toBe(true)
  })

  it('cuts a stream that fails, so that its end is not taken for a good one', async () => {
    api = await startTestApi({
      containers: {
        inspect: openStdin,
        logs: async function* () {
          yield [{ stream: 'stdout' as const, time: '2026-01-01T00:00:00Z', line: bytes('one') }]
          throw codedError('DRIVER_AWAY', 'gone')
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write('GET /containers/x/logs?stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n')
    const text = await client.untilEnd()
    expect(text).toContain('one')
    expect(text).not.toMatch(/0\r\n\r\n$/)
  })

  it('end when the server stops', async () => {
    api = await startTestApi({
      containers: { inspect: openStdin, attach: echo },
      system: {
        events: async function* (_request, call) {
          yield { listening: true }
          await new Promise<void>((resolve) => call?.signal?.addEventListener('abort', () => resolve()))
        },
      },
    })
    client = await RawClient.connect(api.socket)
    client.write('GET /events HTTP/1.1\r\nHost: d\r\n\r\n')
    await client.until('\r\n\r\n')
    const raw = await RawClient.connect(api.socket)
    raw.write(`POST /containers/x/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`)
    await raw.until('\r\n\r\n')
    await api.close()
    await client.untilEnd()
    await raw.untilEnd()
    await expect(RawClient.connect(api.socket)).rejects.toThrow('ENOENT')
  })
})
