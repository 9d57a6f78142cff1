import { describe, expect, it } from 'vitest'
import { codedError, CodedError } from '../errors/index.ts'
import { code, collect } from './testing/checks.ts'
import { makeSample } from './testing/sample.ts'
import { wired } from './testing/wired.ts'

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
        hurry: (_request, call) =>
          new Promise((_resolve, reject) => {
            call?.signal?.addEventListener('abort', () => {
              aborted = true
              reject(call.signal?.reason as Error)
            })
          }),
      }),
    )
    await expect(driver.hurry({})).rejects.toEqual(code('WIRE_DEADLINE'))
    await expect.poll(() => aborted).toBe(true)
  })

  it('ends with CANCELLED when the caller gives up', async () => {
    let aborted = false
    const begun = Promise.withResolvers<void>()
    const { driver } = await wired(
      makeSample({
        echo: (_request, call) =>
          new Promise(() => {
            call?.signal?.addEventListener('abort', () => (aborted = true))
            begun.resolve()
          }),
      }),
    )
    const controller = new AbortController()
    const pending = driver.echo({}, { signal: controller.signal })
    await begun.promise
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
})
