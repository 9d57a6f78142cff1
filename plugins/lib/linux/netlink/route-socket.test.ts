import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNetworkNamespace, deleteNetworkNamespace } from '../namespace.ts'
import { errnoOf } from '../syscall.ts'
import { RouteSocket } from './route-socket.ts'

let folder: string
let host: RouteSocket

const place = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync('/tmp/lr-')
  createNetworkNamespace(place('host'))
  createNetworkNamespace(place('box'))
  host = RouteSocket.open(place('host'))
})

afterEach(() => {
  host.close()
  deleteNetworkNamespace(place('host'))
  deleteNetworkNamespace(place('box'))
  rmSync(folder, { recursive: true })
})

test('a bridge is made with address, MTU and state, and removed', () => {
  const index = host.createBridge('br0', { mtu: 1400, mac: '02:42:00:00:00:01', up: true })
  host.addAddress(index, '10.9.0.1/16')
  host.addAddress(index, '10.9.0.1/16')
  host.addAddress(index, 'fd00:9::1/64')
  expect(host.linkByName('br0')).toMatchObject({ index, kind: 'bridge', up: true, mtu: 1400, mac: '02:42:00:00:00:01' })
  const addresses = host.addresses().filter((entry) => entry.index === index)
  expect(addresses.map((entry) => entry.cidr)).toEqual(expect.arrayContaining(['10.9.0.1/16', 'fd00:9::1/64']))
  host.removeAddress(index, '10.9.0.1/16')
  expect(host.addresses().some((entry) => entry.cidr === '10.9.0.1/16')).toBe(false)
  host.removeLink(index)
  host.removeLink(index)
  expect(host.linkByName('br0')).toBeUndefined()
})

test('one end of a veth pair moves into a namespace and is configured there from outside', () => {
  const bridge = host.createBridge('br0', { up: true })
  const port = host.createVeth('port', 'inner', {
    master: bridge,
    up: true,
    mtu: 1300,
    peer: { mtu: 1300, mac: '02:42:0a:09:00:02' },
  })
  expect(host.linkByName('port')).toMatchObject({ index: port, kind: 'veth', master: bridge, up: true, mtu: 1300 })
  const inner = host.linkByName('inner')
  host.moveToNamespace(inner?.index ?? 0, place('box'), 'eth0')
  expect(host.linkByName('inner')).toBeUndefined()

  const box = RouteSocket.open(place('box'))
  const eth0 = box.linkByName('eth0')
  expect(eth0).toMatchObject({ mac: '02:42:0a:09:00:02', mtu: 1300, peer: port })
  const index = eth0?.index ?? 0
  box.addAddress(index, '10.9.0.2/16')
  box.setUp(index)
  box.addRoute({ destination: '0.0.0.0/0', gateway: '10.9.0.1' })
  box.addRoute({ destination: '10.77.0.0/16', index })
  const routes = box.routes().filter((route) => route.type === 'unicast')
  expect(routes).toContainEqual({ destination: '0.0.0.0/0', gateway: '10.9.0.1', index, table: 254, type: 'unicast' })
  expect(routes).toContainEqual({ destination: '10.77.0.0/16', index, table: 254, type: 'unicast' })
  expect(() => box.addRoute({ destination: '0.0.0.0/0', gateway: '10.9.0.1' })).toThrow(/EEXIST/)
  box.setDown(index)
  box.rename(index, 'lan')
  box.setMac(index, '02:42:0a:09:00:03')
  box.setMtu(index, 1280)
  expect(box.linkByName('lan')).toMatchObject({ up: false, mtu: 1280, mac: '02:42:0a:09:00:03' })
  box.close()

  host.setMaster(port, 0)
  expect(host.linkByName('port')?.master).toBeUndefined()
})

test('one end of a veth pair is made inside a namespace at once', async () => {
  const port = host.createVeth('port', 'eth0', { up: true, peer: { namespacePath: place('box') } })
  const box = RouteSocket.open(place('box'))
  expect(box.linkByName('eth0')).toMatchObject({ up: false, peer: port })
  expect(host.linkByName('eth0')).toBeUndefined()
  await Promise.all([host.removeLinkInBackground(port), host.removeLinkInBackground(port)])
  expect(box.linkByName('eth0')).toBeUndefined()
  box.close()
})

test('a link goes with its namespace', async () => {
  host.createVeth('port', 'inner')
  host.moveToNamespace(host.linkByName('inner')?.index ?? 0, place('box'))
  deleteNetworkNamespace(place('box'))
  await expect.poll(() => host.linkByName('port')).toBeUndefined()
})

test('many links are listed, over several datagrams', () => {
  for (let number = 0; number < 100; number++) host.createVeth(`a${number}`, `b${number}`)
  expect(host.links().map((link) => link.name)).toEqual(expect.arrayContaining(['lo', 'a0', 'b99']))
  expect(host.links()).toHaveLength(201)
})

test('a refused request names the object, the errno and the explanation of the kernel', () => {
  host.createBridge('br0')
  let refusal: unknown
  try {
    host.createBridge('br0')
  } catch (error) {
    refusal = error
  }
  expect(String(refusal)).toMatch(/bridge br0 failed: .*exists \(EEXIST\)/)
  expect(errnoOf(refusal)).toBe('EEXIST')
  expect(() => host.setUp(4711)).toThrow(/up of link 4711 failed/)
  expect(() => host.addAddress(1, 'nonsense')).toThrow(/is not an/)
  expect(() => host.setMac(1, '02:42')).toThrow(/not a MAC address/)
})
