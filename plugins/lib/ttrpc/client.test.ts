import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineMethod, message, string, TtrpcClient, TtrpcServer, uint32 } from './index.ts'

const Text = message('test.Text', { text: string(1), delayMs: uint32(2) })
const echo = defineMethod('test.Echo', 'Echo', Text, Text)
const missing = defineMethod('test.Echo', 'Missing', Text, Text)

let folder: string
let path: string
let server: TtrpcServer
let closed: string[]
/** What a call with the text `slow` waits for. */
let gate: PromiseWithResolvers<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ttrpc-'))
  path = join(folder, 's')
  closed = []
  gate = Promise.withResolvers()
  server = new TtrpcServer().handle(echo, async ({ text, delayMs }, { signal }) => {
    signal.addEventListener('abort', () => closed.push(text))
    if (text === 'slow') await gate.promise
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (text === 'unknown') throw codedError('RPC_NOT_FOUND', 'no such text')
    return { text: text === 'huge' ? 'x'.repeat(5 * 1024 * 1024) : text }
  })
  await server.listen(path)
})

afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

describe('a ttrpc call', () => {
  test('answers each of many that run side by side, the quick before the slow', async () => {
    const client = await TtrpcClient.connect(path)
    const order: string[] = []
    const calls = ['slow', ...Array.from({ length: 50 }, (_, at) => `quick ${at}`)].map(async (text) => {
      const answer = await client.call(echo, { text })
      order.push(answer.text)
      if (order.length === 50) gate.resolve()
    })
    await Promise.all(calls)
    expect(order).toHaveLength(51)
    expect(order.at(-1)).toBe('slow')
    client.close()
  })

  test('fails with the coded error of its status', async () => {
    const client = await TtrpcClient.connect(path)
    await expect(client.call(echo, { text: 'unknown' })).rejects.toMatchObject({
      code: 'RPC_NOT_FOUND',
      message: 'no such text',
    })
    await expect(client.call(missing, {})).rejects.toMatchObject({ code: 'RPC_UNIMPLEMENTED' })
    client.close()
  })

  test('fails after its time on both sides, and the connection goes on', async () => {
    const client = await TtrpcClient.connect(path)
    await expect(client.call(echo, { text: 'late', delayMs: 300 }, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'RPC_DEADLINE',
    })
    await expect(client.call(echo, { text: 'next' })).resolves.toMatchObject({ text: 'next' })
    await expect.poll(() => closed).toEqual(['late'])
    client.close()
  })

  test('can be given up', async () => {
    const client = await TtrpcClient.connect(path)
    const controller = new AbortController()
    const call = client.call(echo, { text: 'a', delayMs: 300 }, { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(client.call(echo, {}, { signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    client.close()
  })

  test('over 4 MiB is refused in either direction, and the connection goes on', async () => {
    const client = await TtrpcClient.connect(path)
    const text = 'x'.repeat(5 * 1024 * 1024)
    await expect(client.call(echo, { text })).rejects.toMatchObject({ code: 'RPC_EXHAUSTED' })
    await expect(client.call(echo, { text: 'huge' })).rejects.toMatchObject({ code: 'RPC_EXHAUSTED' })
    await expect(client.call(echo, { text: 'small' })).resolves.toMatchObject({ text: 'small' })
    client.close()
  })

  test('fails when the connection is lost, and so does every later one', async () => {
    const client = await TtrpcClient.connect(path)
    const waiting = [client.call(echo, { text: 'a', delayMs: 1000 }), client.call(echo, { text: 'b', delayMs: 1000 })]
    const outcomes = Promise.allSettled(waiting)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await server.close()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'RPC_CONNECTION_LOST' } })
    }
    await expect(client.call(echo, {})).rejects.toMatchObject({ code: 'RPC_CONNECTION_LOST' })
    await expect(client.lost).resolves.toMatchObject({ code: 'RPC_CONNECTION_LOST' })
    await server.listen(path)
  })

  test('cannot be made where no server listens', async () => {
    await expect(TtrpcClient.connect(join(folder, 'none'))).rejects.toMatchObject({ code: 'RPC_CONNECTION_LOST' })
  })
})

describe('a peer that breaks the protocol', () => {
  test('as server makes the calls fail, whatever it sends', async () => {
    const bad = join(folder, 'bad')
    const sockets: Socket[] = []
    const liar = createServer((socket) => {
      sockets.push(socket)
      socket.on('data', () => socket.write(Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 9, 9, 255, 255])))
    })
    await new Promise<void>((resolve) => liar.listen(bad, resolve))
    const client = await TtrpcClient.connect(bad)
    await expect(client.call(echo, {})).rejects.toMatchObject({ code: 'RPC_PROTOCOL' })
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => liar.close(resolve))
  })

  test('as client loses its connection, and others keep theirs', async () => {
    const client = await TtrpcClient.connect(path)
    const { connect } = await import('node:net')
    const liar = connect(path)
    liar.write(Buffer.from([0, 0, 0, 0, 0, 0, 0, 2, 1, 0]))
    await new Promise((resolve) => liar.once('close', resolve))
    await expect(client.call(echo, { text: 'still here' })).resolves.toMatchObject({ text: 'still here' })
    client.close()
  })
})
