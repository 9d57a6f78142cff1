import { expect, test } from 'vitest'
import { recordTypes, responseCodes, type Query } from './dns-message.ts'
import { answerFrom } from './sandbox-server.ts'
import type { SandboxState } from './sandbox-state.ts'
import { Zone, type ZoneState } from './zone.ts'

const zone = (state: Partial<ZoneState>) =>
  new Zone({ networkId: 'n', listen: [], subnets: [], names: [], upstream: [], ...state })

const front = zone({
  subnets: ['10.1.0.0/24'],
  names: [
    ['web', ['10.1.0.2']],
    ['old', ['10.1.0.3']],
  ],
  links: [{ name: 'mine', addresses: ['10.1.0.9'], askers: ['box'] }],
  reverse: [['10.1.0.2', ['web.front']]],
})
const back = zone({
  subnets: ['10.2.0.0/24', 'fd02::/64'],
  names: [
    ['web', ['10.2.0.2']],
    ['db', ['10.2.0.4']],
    ['old', ['fd02::3']],
  ],
})

const state: SandboxState = {
  sandboxId: 'box',
  namespace: '/nowhere',
  address: '127.0.0.11',
  ports: { udp: 0, tcp: 0 },
  zones: [],
  upstream: [],
  keepsPlainNames: false,
}

function ask(name: string, type: number = recordTypes.a, more: Partial<SandboxState> = {}) {
  const answer = answerFrom([front, back], { ...state, ...more }, { name, type } as Query)
  return answer === 'forward' ? answer : [answer.code, ...answer.records.map(({ data }) => [...data].join('.'))]
}

test('the first of the networks that has the name with such a record answers', () => {
  expect(ask('web')).toEqual([0, '10.1.0.2'])
  expect(ask('db')).toEqual([0, '10.2.0.4'])
  expect(ask('old', recordTypes.aaaa)).toEqual([0, '253.2.0.0.0.0.0.0.0.0.0.0.0.0.0.3'])
  expect(ask('web', recordTypes.aaaa)).toEqual([0])
})

test('links are known to their sandbox alone', () => {
  expect(ask('mine')).toEqual([0, '10.1.0.9'])
  expect(ask('mine', recordTypes.a, { sandboxId: 'other' })).toEqual([responseCodes.nameError])
})

test('an address has the one name of its container, and those of the networks are asked of nobody else', () => {
  const upstream = [{ server: '192.0.2.53', side: 'host' }] as const
  expect(ask('2.0.1.10.in-addr.arpa', recordTypes.ptr)).toEqual([0, '3.119.101.98.5.102.114.111.110.116.0'])
  expect(ask('7.0.2.10.in-addr.arpa', recordTypes.ptr, { upstream })).toEqual([responseCodes.nameError])
  expect(ask('7.0.3.10.in-addr.arpa', recordTypes.ptr, { upstream })).toBe('forward')
})

test('other names are forwarded, but for plain ones where the container searches in domains', () => {
  const upstream = [{ server: '192.0.2.53', side: 'host' }] as const
  expect(ask('other', recordTypes.a, { upstream })).toBe('forward')
  expect(ask('other', recordTypes.a, { upstream, keepsPlainNames: true })).toEqual([responseCodes.success])
  expect(ask('other.org', recordTypes.a, { upstream, keepsPlainNames: true })).toBe('forward')
  expect(ask('other.org')).toEqual([responseCodes.serverFailure])
})
