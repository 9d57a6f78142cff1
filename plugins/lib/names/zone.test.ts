import { expect, test } from 'vitest'
import { recordTypes, responseCodes, type Query } from './dns-message.ts'
import { Zone, type ZoneState } from './zone.ts'

const state: ZoneState = {
  networkId: 'n',
  listen: ['10.1.0.1'],
  subnets: ['10.1.0.0/24', 'fd00::/64'],
  names: [
    ['web', ['10.1.0.2', '10.1.0.3', 'fd00::3']],
    ['db', ['10.1.0.4']],
  ],
  upstream: [],
}

const ask = (zone: Zone, name: string, type: number, from?: string) => {
  const answer = zone.answer({ name, type } as Query, from)
  return answer === 'forward'
    ? answer
    : { code: answer.code, data: answer.records.map((record) => [...record.data].join('.')) }
}

test('every address of a name is told, and they take turns', () => {
  const zone = new Zone(state)
  const seen = new Set(
    Array.from({ length: 4 }, () => (ask(zone, 'web', recordTypes.a) as { data: string[] }).data.join()),
  )
  expect(seen).toEqual(new Set(['10.1.0.2,10.1.0.3', '10.1.0.3,10.1.0.2']))
  expect(ask(zone, 'web', recordTypes.aaaa)).toEqual({ code: 0, data: ['253.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3'] })
})

test('a link is answered to those who have it, before what everybody has by that name', () => {
  const links = [
    { name: 'web', addresses: ['10.1.0.9'], askers: ['10.1.0.4'] },
    { name: 'mine', addresses: ['10.1.0.8'], askers: ['10.1.0.4', '10.1.0.5'] },
  ]
  const zone = new Zone({ ...state, links })
  expect(ask(zone, 'web', recordTypes.a, '10.1.0.4')).toEqual({ code: 0, data: ['10.1.0.9'] })
  expect((ask(zone, 'web', recordTypes.a, '10.1.0.5') as { data: string[] }).data).toContain('10.1.0.2')
  expect(ask(zone, 'mine', recordTypes.a, '10.1.0.5')).toEqual({ code: 0, data: ['10.1.0.8'] })
  expect(ask(zone, 'mine', recordTypes.a, '10.1.0.6')).toEqual({ code: responseCodes.nameError, data: [] })
})

test('a name that exists has no error for records that it lacks', () => {
  const zone = new Zone({ ...state, upstream: ['192.0.2.53'] })
  expect(ask(zone, 'db', recordTypes.aaaa)).toEqual({ code: responseCodes.success, data: [] })
  expect(ask(zone, 'db', 15)).toEqual({ code: responseCodes.success, data: [] })
})

test('addresses are looked up backwards, and those of the network are never asked elsewhere', () => {
  const zone = new Zone({ ...state, upstream: ['192.0.2.53'] })
  expect(ask(zone, '4.0.1.10.in-addr.arpa', recordTypes.ptr)).toEqual({ code: 0, data: ['2.100.98.0'] })
  const six = `3${'.0'.repeat(27)}.0.0.d.f.ip6.arpa`
  expect(ask(zone, six, recordTypes.ptr)).toEqual({ code: 0, data: ['3.119.101.98.0'] })
  expect(ask(zone, '9.0.1.10.in-addr.arpa', recordTypes.ptr)).toEqual({ code: responseCodes.nameError, data: [] })
  expect(ask(zone, '9.9.9.9.in-addr.arpa', recordTypes.ptr)).toBe('forward')
})

test('unknown names go to the name servers of the host, or fail at once without any', () => {
  expect(ask(new Zone({ ...state, upstream: ['192.0.2.53'] }), 'example', recordTypes.a)).toBe('forward')
  expect(ask(new Zone(state), 'example', recordTypes.a)).toEqual({ code: responseCodes.nameError, data: [] })
  expect(ask(new Zone(state), 'example.org', recordTypes.a)).toEqual({ code: responseCodes.serverFailure, data: [] })
})

test('only addresses of the network are covered', () => {
  const zone = new Zone(state)
  expect(['10.1.0.9', 'fd00::9', '10.2.0.9', 'fd01::9'].map((address) => zone.covers(address))).toEqual([
    true,
    true,
    false,
    false,
  ])
})
