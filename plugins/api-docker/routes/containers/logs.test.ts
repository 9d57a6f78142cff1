import { codedError } from '@moby/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleContainer, streamOf } from '../../fixtures/fake-engine.ts'
import { runningContainer } from '../../fixtures/running-container.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const bytes = (text: string) => new TextEncoder().encode(text)

describe('logs', () => {
  const line = (text: string, over = {}) => ({
    stream: 'stdout' as const,
    time: '2026-01-01T00:00:00.5Z',
    line: bytes(text),
    ...over,
  })

  it('are framed, with times and attributes where asked for, and pieces of a line joined', async () => {
    api = await startTestApi({
      containers: {
        inspect: async () =>
          sampleContainer({
            spec: { image: 'x', logOptions: { labels: 'a,none', env: 'PATH' } },
            process: { ...sampleContainer().process, labels: { a: 'b c' } },
          }),
        logs: () =>
          streamOf([
            line('one', { stream: 'stderr' }),
            line('lo', { partial: { id: 'p', ordinal: 1, last: false } }),
            line('ng', { partial: { id: 'p', ordinal: 2, last: true } }),
          ]),
      },
    })
    const { text, headers } = await api.call('GET', '/containers/x/logs?stdout=1&stderr=1&timestamps=1&details=1')
    expect(headers['content-type']).toBe('application/vnd.docker.multiplexed-stream')
    const prefix = '2026-01-01T00:00:00.500000000Z PATH=%2Fbin,a=b+c '
    const size = (extra: number) => String.fromCharCode(prefix.length + extra)
    const frames = [
      `\x02\0\0\0\0\0\0${size(4)}${prefix}one\n`,
      `\x01\0\0\0\0\0\0${size(2)}${prefix}lo`,
      '\x01\0\0\0\0\0\0\x03ng\n',
    ]
    expect(text).toBe(frames.join(''))
  })

  it('pass since, until, tail and follow on', async () => {
    api = await startTestApi({ containers: { inspect: async () => runningContainer, logs: () => streamOf() } })
    await api.call('GET', '/containers/x/logs?stdout=1&since=1.5&until=0&tail=all')
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      stdout: true,
      stderr: false,
      since: '1970-01-01T00:00:01.5Z',
    })
    await api.call('GET', '/containers/x/logs?stderr=1&until=2&tail=0&follow=1')
    expect(api.calls.at(-1)?.request).toEqual({
      ref: 'x',
      stdout: false,
      stderr: true,
      follow: true,
      tail: 0,
      until: '1970-01-01T00:00:02Z',
    })
  })

  it('are refused without a stream, or with an ordinary error when they cannot be read', async () => {
    api = await startTestApi({
      containers: {
        inspect: async () => runningContainer,
        // oxlint-disable-next-line require-yield -- a stream that fails before its first item
        logs: async function* () {
          throw codedError('LOG_NOT_READABLE', 'configured logging driver does not support reading')
        },
      },
    })
    expect(await api.call('GET', '/containers/x/logs')).toMatchObject({
      status: 400,
      text: '{"message":"Bad parameters: you must choose at least one stream"}\n',
    })
    const reply = await api.call('GET', '/containers/x/logs?stdout=1')
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.text).toContain('configured logging driver does not support reading')
  })
})
