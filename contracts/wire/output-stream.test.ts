import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { code, collect } from './testing/checks.ts'
import { makeSample } from './testing/sample.ts'
import { wired } from './testing/wired.ts'

describe('an output over the wire', () => {
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

  it('may be returned from after its end: the connection serves other calls by then', async () => {
    const { driver } = await wired(makeSample())
    const iterator = driver.records({ count: 2 })[Symbol.asyncIterator]()
    while ((await iterator.next()).done !== true);
    await iterator.return?.()
    await sleep(20)
    expect(await collect(driver.records({ count: 2 }))).toHaveLength(2)
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
