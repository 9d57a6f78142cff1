import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { code, collect } from './testing/checks.ts'
import { makeSample } from './testing/sample.ts'
import { wired } from './testing/wired.ts'

describe('an input over the wire', () => {
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
    const words = ['one', 'two']
    const asked = words.map(() => Promise.withResolvers<void>())
    const over = Promise.withResolvers<void>()
    const source = async function* () {
      for (const [index, word] of words.entries()) {
        await asked[index]?.promise
        yield new TextEncoder().encode(word)
      }
      await over.promise
    }
    const conversation = driver.talk({ greeting: 'hi' }, source())[Symbol.asyncIterator]()
    expect((await conversation.next()).value).toEqual({ said: 'hi' })
    for (const [index, word] of words.entries()) {
      const next = conversation.next()
      asked[index]?.resolve()
      expect((await next).value).toEqual({ said: word.toUpperCase() })
    }
    const last = conversation.next()
    over.resolve()
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
})
