import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codedError } from '../errors/index.ts'
import type { CallFailure } from './call-failure.ts'
import { connectPeer } from './connect.ts'
import { serveContracts } from './serve.ts'
import { code, collect } from './testing/checks.ts'
import { makeSample, sample } from './testing/sample.ts'
import { wired } from './testing/wired.ts'

describe('the correlation id of a call', () => {
  it('is what the caller gives, for calls of every shape', async () => {
    const seen: unknown[] = []
    const note = (call: unknown): void => void seen.push((call as { id?: string } | undefined)?.id)
    const { driver } = await wired(
      makeSample({
        async act(_request, call) {
          note(call)
          return {}
        },
        async upload(_request, _input, call) {
          note(call)
          return { length: '0', digest: '' }
        },
        async *records(_request, call) {
          note(call)
          yield* []
        },
        async *talk(_request, _input, call) {
          note(call)
          yield* []
        },
      }),
    )
    async function* nothing(): AsyncGenerator<Uint8Array> {}
    await driver.act({}, { id: 'one' })
    await driver.upload({}, nothing(), { id: 'two' })
    await collect(driver.records({ count: 0 }, { id: 'three' }))
    await collect(driver.talk({ greeting: '' }, nothing(), { id: 'four' }))
    await driver.act({})
    expect(seen).toEqual(['one', 'two', 'three', 'four', expect.stringMatching(/^[0-9a-f-]{36}$/)])
  })

  it('is told at both ends when a call fails', async () => {
    const [atServer, atCaller]: CallFailure[][] = [[], []]
    const { socketPath } = await wired(
      makeSample({
        act: () => Promise.reject(codedError('VOLUME_IN_USE', 'no')),
        async *records() {
          yield { n: 0, data: new Uint8Array() }
          throw codedError('VOLUME_IN_USE', 'no more')
        },
      }),
      { onFailure: (failure) => atServer?.push(failure) },
    )
    const peer = connectPeer({ socketPath, onFailure: (failure) => atCaller?.push(failure) })
    try {
      await expect(peer.contract(sample).act({}, { id: 'one' })).rejects.toEqual(code('VOLUME_IN_USE'))
      await expect(collect(peer.contract(sample).records({ count: 1 }, { id: 'two' }))).rejects.toEqual(
        code('VOLUME_IN_USE'),
      )
    } finally {
      peer.close()
    }
    const told = [
      { call: 'one', subject: 'test.sample act', error: code('VOLUME_IN_USE') },
      { call: 'two', subject: 'test.sample records', error: code('VOLUME_IN_USE') },
    ]
    expect(atCaller).toEqual(told)
    expect(atServer).toEqual(told)
  })
})

describe('several drivers of one contract on a socket', () => {
  it('are picked by name, and a call without a name is refused', async () => {
    const named = (name: string) => ({
      contract: sample,
      driver: name,
      implementation: makeSample({ echo: async () => ({ got: name }) }),
    })
    const server = serveContracts({ component: 't/x', version: '1.0.0', implementations: [named('a'), named('b')] })
    const folder = await mkdtemp(join(tmpdir(), 'wire-'))
    await server.listen(`${folder}/s`)
    const peer = connectPeer({ socketPath: `${folder}/s` })
    try {
      expect(await peer.contract(sample, 'a').echo({})).toEqual({ got: 'a' })
      expect(await peer.contract(sample, 'b').echo({})).toEqual({ got: 'b' })
      await expect(peer.contract(sample, 'c').echo({})).rejects.toMatchObject({
        code: 'DRIVER_UNKNOWN',
        message: 'There is no driver c of test.sample',
        hint: 'the header x-moby-driver must be one of: a, b',
      })
      await expect(peer.contract(sample).echo({})).rejects.toEqual(code('WIRE_REQUEST_INVALID'))
      expect((await peer.handshake()).contracts).toEqual([{ contract: 'test.sample', version: '0.3.1' }])
    } finally {
      peer.close()
      await server.close(0)
      await rm(folder, { recursive: true })
    }
  })
})
