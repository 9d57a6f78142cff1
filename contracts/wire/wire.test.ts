import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { codedError, CodedError } from '../errors/index.ts'
import { makeSample, wire, type Wired } from './testing/sample.ts'

const open: Wired[] = []
async function wired(...options: Parameters<typeof wire>): Promise<Wired> {
  const made = await wire(...options)
  open.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

function code(expected: string) {
  return expect.objectContaining({ code: expected })
}

describe('a call over the wire', () => {
  it('carries odd values as they are', async () => {
    const { driver } = await wired(makeSample())
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","":"empty key","ключ":"знач\\u0000"}') as Record<
      string,
      string
    >
    const { got } = await driver.echo({
      text: 'a\ud83d\ude00\n',
      labels,
      big: '-9223372036854775808',
      free: [null, 1e300],
    })
    expect(got).toEqual({ text: 'a\ud83d\ude00\n', labels, big: '-9223372036854775808', free: [null, 1e300] })
    expect(Object.keys((got as { labels: object }).labels)).toContain('__proto__')
    expect(Object.getPrototypeOf((got as { labels: object }).labels)).toBe(Object.prototype)
  })

  it('turns bytes into bytes, also deep inside a request', async () => {
    let seen: unknown
    const { driver } = await wired(
      makeSample({
        async echo(request) {
          seen = request
          return { got: 0, bytes: request.bytes ?? new Uint8Array() }
        },
      }),
    )
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
    const answer = await driver.echo({ bytes, parts: [{ name: 'p', data: new Uint8Array([1]) }] })
    expect(answer.bytes).toEqual(bytes)
    expect(seen).toEqual({ bytes, parts: [{ name: 'p', data: new Uint8Array([1]) }] })
  })

  it('keeps code, kind, message, hint and details of an error', async () => {
    const thrown = codedError('VOLUME_IN_USE', 'volume a is used', { hint: 'Stop b.', details: { by: ['b'] } })
    const { driver } = await wired(makeSample({ act: () => Promise.reject(thrown) }))
    await expect(driver.act({})).rejects.toMatchObject({
      code: 'VOLUME_IN_USE',
      kind: 'conflict',
      message: 'volume a is used',
      hint: 'Stop b.',
      details: { by: ['b'] },
    })
  })

  it('keeps code and kind of an error that only the component knows', async () => {
    const thrown = new CodedError('ACME_QUOTA', 'full', { kind: 'exhausted' })
    const { driver } = await wired(makeSample({ act: () => Promise.reject(thrown) }))
    await expect(driver.act({})).rejects.toMatchObject({ code: 'ACME_QUOTA', kind: 'exhausted' })
  })

  it('tells of a defect without its stack, and tells the component', async () => {
    const { driver, defects } = await wired(makeSample({ act: () => Promise.reject(new TypeError('x is undefined')) }))
    const error = await driver.act({}).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'WIRE_INTERNAL', message: 'x is undefined' })
    expect(JSON.stringify(error)).not.toContain('.ts:')
    expect(defects).toHaveLength(1)
  })

  it('refuses a request that does not match, naming the path', async () => {
    const { driver } = await wired(makeSample())
    await expect(driver.echo({ labels: { a: 1 as unknown as string } })).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      details: { path: '/labels/a' },
    })
    await expect(driver.echo({ txet: 'a' } as never)).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      message: 'test.sample echo: /txet is not known',
    })
    await expect(driver.echo({ bytes: 'a?b=' as unknown as Uint8Array })).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      details: { path: '/bytes' },
    })
  })

  it('refuses an answer that does not match, naming the path', async () => {
    const { driver } = await wired(makeSample({ echo: async () => ({ bytes: 7 }) as never }))
    await expect(driver.echo({})).rejects.toMatchObject({ code: 'WIRE_RESPONSE_INVALID' })
    const lying = await wired(
      makeSample({
        records: async function* () {
          yield { n: 'one' } as never
        },
      }),
    )
    await expect(collect(lying.driver.records({ count: 1 }))).rejects.toMatchObject({
      code: 'WIRE_RESPONSE_INVALID',
      details: { path: '/n' },
    })
  })

  it('gives up at the deadline of the method, and the component is told', async () => {
    let aborted = false
    const { driver } = await wired(
      makeSample({
        act: (_request, call) =>
          new Promise((_resolve, reject) => {
            call?.signal?.addEventListener('abort', () => {
              aborted = true
              reject(call.signal?.reason as Error)
            })
          }),
      }),
    )
    await expect(driver.act({})).rejects.toEqual(code('WIRE_DEADLINE'))
    await expect.poll(() => aborted).toBe(true)
  })

  it('ends with CANCELLED when the caller gives up', async () => {
    let aborted = false
    const { driver } = await wired(
      makeSample({
        echo: (_request, call) =>
          new Promise(() => {
            call?.signal?.addEventListener('abort', () => (aborted = true))
          }),
      }),
    )
    const controller = new AbortController()
    const pending = driver.echo({}, { signal: controller.signal })
    await sleep(30)
    controller.abort()
    await expect(pending).rejects.toEqual(code('CANCELLED'))
    await expect.poll(() => aborted).toBe(true)
    await expect(driver.echo({}, { signal: controller.signal })).rejects.toEqual(code('CANCELLED'))
  })

  it('refuses bodies over the limit on both sides', async () => {
    const small = await wired(makeSample(), { server: { bodyBytes: 1000 } })
    await expect(small.driver.echo({ text: 'x'.repeat(2000) })).rejects.toEqual(code('WIRE_TOO_LARGE'))
    const strict = await wired(makeSample(), { client: { bodyBytes: 1000 } })
    await expect(strict.driver.echo({ text: 'x'.repeat(2000) })).rejects.toEqual(code('WIRE_TOO_LARGE'))
  })

  it('refuses values that are nested too deep on both sides, before it builds them', async () => {
    const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    const { driver } = await wired(makeSample())
    await expect(driver.echo({ free: deep(60) })).resolves.toBeDefined()
    await expect(driver.echo({ free: deep(65) })).rejects.toEqual(code('WIRE_REQUEST_INVALID'))
    const lying = await wired(makeSample({ echo: async () => ({ got: deep(500) }) }))
    await expect(lying.driver.echo({})).rejects.toEqual(code('WIRE_RESPONSE_INVALID'))
  })

  it('does not find methods that are not of the contract', async () => {
    const { driver, socketPath } = await wired(makeSample({ act: undefined as never }))
    await expect(driver.act({})).rejects.toEqual(code('WIRE_METHOD_UNKNOWN'))
    const { connectPeer } = await import('./connect.ts')
    const { stateStore } = await import('../state/index.ts')
    const peer = connectPeer({ socketPath })
    await expect(peer.contract(stateStore).info({})).rejects.toEqual(code('WIRE_CONTRACT_UNKNOWN'))
    peer.close()
  })

  it('tells who is there', async () => {
    const { peer } = await wired(makeSample())
    await expect(peer.handshake()).resolves.toEqual({
      Implements: [],
      component: 'test/sample',
      version: '1.2.3',
      contracts: [{ contract: 'test.sample', version: '0.3.1' }],
    })
  })

  it('fails in flight and afterwards when the way to the peer is closed', async () => {
    const { driver, peer } = await wired(makeSample({ echo: () => new Promise(() => undefined) }))
    const pending = driver.echo({})
    await sleep(30)
    peer.close()
    await expect(pending).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
    await expect(driver.act({})).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
    await expect(collect(driver.records({ count: 1 }))).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
  })

  it('finds a peer that was started again on the same path', async () => {
    const first = await wire(makeSample())
    await first.driver.echo({ text: 'one' })
    await first.server.close(0)
    const { serveContracts } = await import('./serve.ts')
    const { sample } = await import('./testing/sample.ts')
    const implementations = [{ contract: sample, implementation: makeSample() }]
    const second = serveContracts({ component: 'test/sample', version: '1.2.4', implementations })
    await second.listen(first.socketPath)
    await expect(first.driver.echo({ text: 'two' })).resolves.toMatchObject({ got: { text: 'two' } })
    first.peer.close()
    await second.close(0)
    await first.close()
  })

  it('reaches a peer that is not there as unreachable', async () => {
    const { driver, close } = await wire(makeSample())
    await close()
    await expect(driver.echo({})).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
    await expect(collect(driver.records({ count: 1 }))).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
  })
})

describe('a stream over the wire', () => {
  it('carries bytes and records whole and in order', async () => {
    const { driver } = await wired(makeSample(), { server: { dataFrameBytes: 1000 } })
    const bytes = Buffer.concat(await collect(driver.download({ chunks: 5, size: 3333 })))
    expect(bytes).toEqual(Buffer.concat([0, 1, 2, 3, 4].map((n) => Buffer.alloc(3333, n))))
    const records = await collect(driver.records({ count: 300 }))
    expect(records.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n))
    expect(records[299]?.data).toEqual(new Uint8Array(299))
  })

  it('ends late errors as errors', async () => {
    const { driver } = await wired(makeSample())
    const seen: Uint8Array[] = []
    const read = async (): Promise<void> => {
      for await (const piece of driver.download({ chunks: 5, size: 10, failAfter: 3 })) seen.push(piece)
    }
    await expect(read()).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND', hint: 'try another' })
    expect(seen).toHaveLength(3)
  })

  it('tells a cut from an end', async () => {
    const { driver, server } = await wired(
      makeSample({
        async *records() {
          yield { n: 1, data: new Uint8Array() }
          server.server.closeAllConnections()
          await new Promise(() => undefined)
        },
      }),
    )
    await expect(collect(driver.records({ count: 1 }))).rejects.toEqual(code('WIRE_STREAM_BROKEN'))
  })

  it('closes at the component when the reader stops, also while it waits', async () => {
    let closed = 0
    const { driver } = await wired(
      makeSample({
        async *records(_request, call) {
          try {
            yield { n: 1, data: new Uint8Array() }
            await new Promise((_resolve, reject) => {
              call?.signal?.addEventListener('abort', () => reject(call.signal?.reason as Error))
            })
          } finally {
            closed++
          }
        },
      }),
    )
    for await (const _ of driver.records({ count: 1 })) break
    await expect.poll(() => closed).toBe(1)
    const iterator = driver.records({ count: 1 })[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next()
    await iterator.return?.()
    await expect(waiting).resolves.toEqual({ done: true, value: undefined })
    await expect.poll(() => closed).toBe(2)
  })

  it('goes at the pace of the reader', async () => {
    let made = 0
    const { driver } = await wired(
      makeSample({
        async *download() {
          for (; made < 1000; made++) yield new Uint8Array(100_000)
        },
      }),
    )
    const iterator = driver.download({ chunks: 0, size: 0 })[Symbol.asyncIterator]()
    await iterator.next()
    await sleep(150)
    expect(made).toBeLessThan(50)
    await iterator.return?.()
  })

  it('takes an upload at the pace of the component', async () => {
    let sent = 0
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const { driver } = await wired(
      makeSample({
        async upload(_request, input) {
          let length = 0
          for await (const piece of input) {
            await gate
            length += piece.length
          }
          return { length: String(length), digest: '' }
        },
      }),
    )
    const source = async function* () {
      for (; sent < 200; sent++) yield new Uint8Array(100_000)
    }
    const pending = driver.upload({}, source())
    await sleep(150)
    expect(sent).toBeLessThan(50)
    go()
    await expect(pending).resolves.toMatchObject({ length: '20000000' })
  })

  it('stops an upload that the component refuses, and the connection serves again', async () => {
    let returned = false
    const { driver } = await wired(makeSample())
    const source = async function* () {
      try {
        for (;;) yield new Uint8Array(100_000)
      } finally {
        returned = true
      }
    }
    await expect(driver.upload({ stopAfter: 250_000 }, source())).rejects.toEqual(code('VOLUME_IN_USE'))
    await expect.poll(() => returned).toBe(true)
    await expect(driver.echo({ text: 'still there' })).resolves.toBeDefined()
  })

  it('carries a failure of the source to the component, and back to the caller as it was', async () => {
    let seen: unknown
    const { driver } = await wired(
      makeSample({
        async upload(_request, input) {
          try {
            for await (const piece of input) void piece
          } catch (error) {
            seen = error
            throw error
          }
          return { length: '0', digest: '' }
        },
      }),
    )
    const broken = new Error('disk gone')
    const source = async function* () {
      yield new Uint8Array(10)
      throw broken
    }
    await expect(driver.upload({}, source())).rejects.toBe(broken)
    expect(seen).toMatchObject({ code: 'WIRE_INTERNAL', message: 'disk gone' })
  })

  it('talks both ways at once', async () => {
    const { driver } = await wired(makeSample())
    let ask: (text: string | undefined) => void = () => undefined
    const source = async function* () {
      for (;;) {
        const text = await new Promise<string | undefined>((resolve) => (ask = resolve))
        if (text === undefined) return
        yield new TextEncoder().encode(text)
      }
    }
    const conversation = driver.talk({ greeting: 'hi' }, source())[Symbol.asyncIterator]()
    expect((await conversation.next()).value).toEqual({ said: 'hi' })
    for (const word of ['one', 'two']) {
      const next = conversation.next()
      await sleep(20)
      ask(word)
      expect((await next).value).toEqual({ said: word.toUpperCase() })
    }
    const last = conversation.next()
    await sleep(20)
    ask(undefined)
    await expect(last).resolves.toMatchObject({ done: true })
  })

  it('gives the input back when the output has ended', async () => {
    let returned = false
    const { driver } = await wired(
      makeSample({
        async *talk({ greeting }) {
          yield { said: greeting }
        },
      }),
    )
    const source = async function* () {
      try {
        for (;;) {
          yield new Uint8Array(100_000)
          await sleep(1)
        }
      } finally {
        returned = true
      }
    }
    await expect(collect(driver.talk({ greeting: 'bye' }, source()))).resolves.toEqual([{ said: 'bye' }])
    await expect.poll(() => returned).toBe(true)
  })

  it('reuses connections after streams and two-way calls', async () => {
    let connections = 0
    const { driver, server } = await wired(makeSample())
    server.server.on('connection', () => connections++)
    for (let round = 0; round < 10; round++) {
      await collect(driver.records({ count: 3 }))
      await driver.echo({})
    }
    expect(connections).toBeLessThan(4)
  })
})
