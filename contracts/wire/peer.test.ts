import { describe, expect, it } from 'vitest'
import { stateStore } from '../state/index.ts'
import { connectPeer } from './connect.ts'
import { serveContracts } from './serve.ts'
import { code, collect } from './testing/checks.ts'
import { makeSample, sample, wire } from './testing/sample.ts'
import { wired } from './testing/wired.ts'

describe('the peer of a wire', () => {
  it('does not find methods that are not of the contract', async () => {
    const { driver, socketPath } = await wired(makeSample({ act: undefined as never }))
    await expect(driver.act({})).rejects.toEqual(code('WIRE_METHOD_UNKNOWN'))
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
    const begun = Promise.withResolvers<void>()
    const echo = () => {
      begun.resolve()
      return new Promise<never>(() => undefined)
    }
    const { driver, peer } = await wired(makeSample({ echo }))
    const pending = driver.echo({})
    await begun.promise
    peer.close()
    await expect(pending).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
    await expect(driver.act({})).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
    await expect(collect(driver.records({ count: 1 }))).rejects.toEqual(code('WIRE_PEER_UNREACHABLE'))
  })

  it('finds a peer that was started again on the same path', async () => {
    const first = await wire(makeSample())
    await first.driver.echo({ text: 'one' })
    await first.server.close(0)
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
