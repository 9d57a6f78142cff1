import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { code, collect } from '../../../contracts/wire/testing/checks.ts'
import type { Sample } from '../../../contracts/wire/testing/sample.ts'

/** What holds of calls that an SDK serves, and of those that it makes for a relay. */
export function proveCalls(driver: () => Sample): void {
  it('carries odd values as they are', async () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","":"empty","ключ":"знач\\u0000"}') as Record<
      string,
      string
    >
    const request = {
      text: 'a\ud83d\ude00\n<&>\u2028',
      labels,
      big: '-9223372036854775808',
      free: [null, 1e300, { a: true }],
    }
    expect((await driver().echo(request)).got).toEqual(request)
  })

  it('carries bytes, also deep inside a request', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
    const answer = await driver().echo({ bytes, parts: [{ name: 'p', data: new Uint8Array([1]) }] })
    expect(answer.bytes).toEqual(bytes)
    expect(answer.got).toEqual({ parts: [{ name: 'p', data: expect.anything() as unknown }] })
    expect((await driver().echo({ bytes: new Uint8Array() })).bytes).toEqual(new Uint8Array())
  })

  it('refuses a request that does not match, naming the path', async () => {
    await expect(driver().echo({ labels: { a: 1 as unknown as string } })).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      details: { path: '/labels/a' },
    })
    await expect(driver().echo({ txet: 'a' } as never)).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      message: 'test.sample echo: /txet is not known',
    })
    await expect(driver().echo({ bytes: 'a?b=' as unknown as Uint8Array })).rejects.toMatchObject({
      code: 'WIRE_REQUEST_INVALID',
      details: { path: '/bytes' },
    })
    await expect(driver().echo({ big: '12\n' })).rejects.toMatchObject({ code: 'WIRE_REQUEST_INVALID' })
  })

  it('carries an output of bytes and records whole and in order', async () => {
    const bytes = Buffer.concat(await collect(driver().download({ chunks: 3, size: 1_500_000 })))
    expect(bytes.equals(Buffer.concat([0, 1, 2].map((n) => Buffer.alloc(1_500_000, n))))).toBe(true)
    const records = await collect(driver().records({ count: 300 }))
    expect(records.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n))
    expect(records[299]?.data).toEqual(new Uint8Array(299))
    expect(await collect(driver().records({ count: 0 }))).toEqual([])
  })

  it('ends late errors as errors', async () => {
    const seen: Uint8Array[] = []
    const read = async (): Promise<void> => {
      for await (const piece of driver().download({ chunks: 5, size: 10, failAfter: 3 })) seen.push(piece)
    }
    await expect(read()).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND', hint: 'try another' })
    expect(seen).toHaveLength(3)
  })

  it('takes an input, and can refuse it early', async () => {
    const source = async function* (count: number) {
      for (let n = 0; n < count; n++) yield new Uint8Array(100_000)
    }
    await expect(driver().upload({}, source(200))).resolves.toMatchObject({ length: '20000000' })
    await expect(driver().upload({}, source(0))).resolves.toMatchObject({ length: '0' })
    await expect(driver().upload({ stopAfter: 250_000 }, source(1_000_000))).rejects.toEqual(code('VOLUME_IN_USE'))
  })

  it('talks both ways at once', async () => {
    let ask: (text: string | undefined) => void = () => undefined
    const source = async function* () {
      for (;;) {
        const text = await new Promise<string | undefined>((resolve) => (ask = resolve))
        if (text === undefined) return
        yield new TextEncoder().encode(text)
      }
    }
    const conversation = driver().talk({ greeting: 'hi' }, source())[Symbol.asyncIterator]()
    expect((await conversation.next()).value).toEqual({ said: 'hi' })
    for (const word of ['one', 'two']) {
      const next = conversation.next()
      await sleep(50)
      ask(word)
      expect((await next).value).toEqual({ said: word.toUpperCase() })
    }
    const end = conversation.next()
    await sleep(50)
    ask(undefined)
    expect((await end).done).toBe(true)
  })

  it('calls again and again on connections that stay', async () => {
    for (let round = 0; round < 50; round++)
      expect((await driver().echo({ text: `${round}` })).got).toEqual({ text: `${round}` })
  })
}
