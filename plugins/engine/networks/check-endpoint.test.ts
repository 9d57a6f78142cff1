import type { EndpointInterface } from '@moby/contracts'
import { describe, expect, it } from 'vitest'
import type { LiveEndpoint } from '../containers/container-record.ts'
import { checkEndpoint } from './check-endpoint.ts'

const other: LiveEndpoint = {
  endpointId: 'o',
  address: '10.9.0.2/24',
  addressIpv6: 'fd00::2/64',
  gateway: '',
  gatewayIpv6: '',
  macAddress: '02:00:00:00:00:02',
  link: '',
  nameServers: [],
  ports: [],
}
const wish: EndpointInterface = { address: '10.9.0.3/24' }

describe('a network driver that lies about an endpoint', () => {
  it.each<[string, EndpointInterface, string]>([
    ['an address of no form', { addressIpv6: '10.9.0.3/24' }, 'the IPv6 address "10.9.0.3/24"'],
    ['another address than it was given', { address: '10.9.0.4/24' }, '10.9.0.4/24 in place of 10.9.0.3/24'],
    ['the address of another', { addressIpv6: 'fd00:0::2/64' }, 'the address fd00:0::2/64 of another endpoint'],
    ['a MAC address of no form', { macAddress: '02:00' }, 'the MAC address "02:00"'],
    ['the MAC address of another', { macAddress: '02:00:00:00:00:02' }, 'MAC address 02:00:00:00:00:02 of another'],
  ])('D15 by %s is refused by name', (_what, told, words) => {
    expect(() => checkEndpoint('odd', wish, told, [other])).toThrow(`The network driver odd gave an endpoint`)
    expect(() => checkEndpoint('odd', wish, told, [other])).toThrow(words)
  })

  it('and one that tells the truth is not', () => {
    checkEndpoint('even', wish, {}, [other])
    checkEndpoint('even', wish, { address: '10.9.0.3/24', macAddress: '02:00:00:00:00:03' }, [other])
    checkEndpoint('even', {}, { address: '10.9.0.9/24' }, [other])
  })
})
