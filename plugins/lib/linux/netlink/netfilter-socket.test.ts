import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNetworkNamespace, deleteNetworkNamespace, withNetworkNamespace } from '../namespace.ts'
import { addressBytes } from './address.ts'
import { elementBytes, linkNameBytes, NetfilterSocket, portBytes } from './netfilter-socket.ts'

let folder: string
let socket: NetfilterSocket

const nft = (...words: string[]) =>
  withNetworkNamespace(join(folder, 'net'), () => execFileSync('nft', words, { encoding: 'utf8' }))

beforeEach(() => {
  folder = mkdtempSync('/tmp/ln-')
  createNetworkNamespace(join(folder, 'net'))
  socket = NetfilterSocket.open(join(folder, 'net'))
  nft('add table ip mine; add set ip mine links { type ifname; };')
  nft('add map ip mine ports { type inet_proto . inet_service : ipv4_addr . inet_service; }')
})

afterEach(() => {
  socket.close()
  deleteNetworkNamespace(join(folder, 'net'))
  rmSync(folder, { recursive: true })
})

const port = (number: number) => ({
  set: 'ports',
  key: elementBytes(Uint8Array.of(6), portBytes(number)),
  data: elementBytes(addressBytes('10.0.0.2'), portBytes(80)),
})
const link = (name: string) => ({ set: 'links', key: linkNameBytes(name) })

test('elements of sets and maps are added and deleted as nft sees them', () => {
  socket.changeElements('ip', 'mine', [
    { change: 'add', ...port(8080) },
    { change: 'add', ...link('br0') },
  ])
  socket.changeElements('ip', 'mine', [{ change: 'add', ...port(8080) }])
  expect(nft('list', 'table', 'ip', 'mine')).toContain('elements = { tcp . 8080 : 10.0.0.2 . 80 }')
  expect(nft('list', 'table', 'ip', 'mine')).toContain('elements = { "br0" }')
  socket.changeElements('ip', 'mine', [{ change: 'delete', ...port(8080) }])
  expect(nft('list', 'table', 'ip', 'mine')).not.toContain('8080')
})

test('a transaction with one refused change has no effect and names it', () => {
  const changes = [{ change: 'add', ...link('br1') } as const, { change: 'delete', ...link('absent') } as const]
  expect(() => socket.changeElements('ip', 'mine', changes)).toThrow(/delete of an element of links in table ip mine/)
  expect(nft('list', 'table', 'ip', 'mine')).not.toContain('br1')
  expect(() => socket.changeElements('ip', 'other', changes)).toThrow(/ENOENT/)
  socket.changeElements('ip', 'mine', [{ change: 'add', ...link('br2') }])
  expect(nft('list', 'table', 'ip', 'mine')).toContain('br2')
})

test('hundreds of changes go in one transaction', () => {
  const changes = Array.from({ length: 500 }, (_, index) => ({ change: 'add', ...port(index + 1) }) as const)
  socket.changeElements('ip', 'mine', changes)
  expect(nft('list', 'table', 'ip', 'mine').match(/tcp \./g)).toHaveLength(500)
})

test('tables are listed and deleted, and those of others stay', () => {
  nft('add table ip theirs')
  expect(socket.tables('ip')).toEqual(['mine', 'theirs'])
  socket.deleteTable('ip', 'mine')
  socket.deleteTable('ip', 'mine')
  expect(socket.tables('ip')).toEqual(['theirs'])
  expect(socket.tables('ip6')).toEqual([])
})

test('a chain that drops forwarded packets is found', () => {
  nft('add chain ip mine open { type filter hook forward priority 0; policy accept; }')
  nft('add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }')
  nft('add chain ip filter INPUT { type filter hook input priority 0; policy drop; }')
  expect(socket.droppingForwardChains('ip')).toEqual([{ family: 'ip', table: 'filter', chain: 'FORWARD' }])
})

test('what leaves for a port is redirected by the rules that nft would make, however often they are replaced', () => {
  const to = (toPort: number) => [
    { protocol: 'udp', address: '127.0.0.11', port: 53, toPort } as const,
    { protocol: 'tcp', address: '127.0.0.11', port: 53, toPort: toPort + 1 } as const,
  ]
  socket.redirectOutput('names', to(40_000))
  socket.redirectOutput('names', to(41_000))
  const rules = nft('list', 'table', 'ip', 'names')
    .split('\n')
    .map((line) => line.trim().replace('dstnat', '-100'))
  expect(rules.slice(1, -2)).toEqual([
    'chain output {',
    'type nat hook output priority -100; policy accept;',
    'ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:41000',
    'ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:41001',
    '}',
  ])
})
