import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BridgeDriver } from '../bridge-driver.ts'
import { networkRequest, TestHost } from '../host.fixture.ts'

let host: TestHost

beforeEach(() => {
  host = new TestHost()
})

afterEach(() => host.remove())

/** A published port of a container, and a stranger on another network who must not reach the container itself. */
async function scene(driver: BridgeDriver) {
  for (const number of [1, 2]) await driver.api.createNetwork(networkRequest(number))
  const server = await host.connect(driver, 1, 2)
  const stranger = await host.connect(driver, 2, 2)
  host.serve(server.sandboxKey, 80, 'served')
  const binding = { protocol: 'tcp', containerPort: 80, hostPort: 8080, hostIp: '127.0.0.1' }
  await driver.api.programExternal({ ...server, options: { 'com.docker.network.portmap': [binding] } })
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  return { server, stranger }
}

const rulesPutBack = () => host.warnings.filter((line) => line.includes('are put back')).length

const removals = ['flush ruleset', 'delete table ip TABLE', 'flush chain ip TABLE publish', 'flush map ip TABLE at']

test('rules are put back when somebody removes all, the table, the rules of a chain or the elements of a map', async () => {
  const { server, stranger } = await scene(await host.driver())
  const table = `moby-${host.instanceId}`
  const list = () => host.run(host.path, 'nft', 'list', 'ruleset').replaceAll(/(packets|bytes) \d+/g, '')
  const before = list()
  for (const [index, command] of removals.entries()) {
    host.run(host.path, 'nft', command.replace('TABLE', table))
    await expect.poll(rulesPutBack).toBe(index + 1)
    await expect.poll(list).toBe(before)
  }
  expect(await host.ask(host.path, '127.0.0.1', 8080)).toBe('served')
  expect(host.askOnce(stranger.sandboxKey, server.address, 80)).toBe('nothing')
})

test('rules of others may come and go, and what the driver takes back itself stays away', async () => {
  const driver = await host.driver()
  const { server } = await scene(driver)
  host.run(host.path, 'nft', 'add table ip other; add chain ip other one; delete table ip other')
  await driver.api.revokeExternal(server)
  await driver.api.deleteEndpoint(server)
  await driver.api.deleteNetwork({ networkId: 'network-1' })
  // Removals are told in order: once this one has been dealt with, those before have been.
  host.run(host.path, 'nft', 'flush ruleset')
  await expect.poll(rulesPutBack).toBe(1)
  expect(host.askOnce(host.path, '127.0.0.1', 8080)).toBe('nothing')
})
