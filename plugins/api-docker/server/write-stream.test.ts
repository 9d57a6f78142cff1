import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RawClient } from '../fixtures/raw-client.ts'
import { writeStream } from './write-stream.ts'

let folder = ''
let server: Server
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-stream-'))
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** The chunks of the answer, and whether its last one came. */
async function chunksOf(body: AsyncIterable<Uint8Array | string>) {
  server = createServer((_, response) => void writeStream(response, 200, {}, body).catch(() => undefined))
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve))
  const client = await RawClient.connect(join(folder, 'socket'))
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  let rest = (await client.untilEnd()).replace(/^[^]*?\r\n\r\n/, '')
  const chunks: string[] = []
  for (let match = /^([0-9a-f]+)\r\n/.exec(rest); match !== null; match = /^([0-9a-f]+)\r\n/.exec(rest)) {
    const [line, size = ''] = match
    const length = Number.parseInt(size, 16)
    if (length === 0) return { chunks, whole: true }
    chunks.push(rest.slice(line.length, line.length + length))
    rest = rest.slice(line.length + length + 2)
  }
  return { chunks, whole: false }
}

const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`)

test('small pieces that are there at once go out together, in their order', async () => {
  const { chunks, whole } = await chunksOf(
    (async function* () {
      yield* lines
    })(),
  )
  expect(whole).toBe(true)
  expect(chunks.join('')).toBe(lines.join(''))
  expect(chunks.length).toBeLessThan(lines.length / 100)
})

test('what was given before a failure goes out, the last chunk does not', async () => {
  const { chunks, whole } = await chunksOf(
    (async function* () {
      yield* lines.slice(0, 3)
      throw new Error('broken')
    })(),
  )
  expect(chunks.join('')).toBe(lines.slice(0, 3).join(''))
  expect(whole).toBe(false)
})

test('a piece does not wait for the next one', async () => {
  let goOn: (() => void) | undefined
  const body = (async function* () {
    yield 'first\n'
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    yield 'second\n'
  })()
  server = createServer((_, response) => void writeStream(response, 200, {}, body))
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve))
  const client = await RawClient.connect(join(folder, 'socket'))
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await client.until('first\n')).not.toContain('second')
  goOn?.()
  expect(await client.untilEnd()).toContain('second\n')
})
