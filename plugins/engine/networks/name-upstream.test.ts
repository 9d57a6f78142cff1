import { expect, test } from 'vitest'
import { chooseUpstream } from './name-upstream.ts'
import { parseResolvConf } from './resolv-conf.ts'

const host = parseResolvConf('nameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n')
const facts = { host, chosen: [], ofNetworks: [], mayLeave: true }

test('the host asks its own servers, after those that networks name', () => {
  expect(chooseUpstream({ ...facts, ofNetworks: ['10.7.0.53'] })).toEqual([
    { server: '10.7.0.53', side: 'sandbox' },
    { server: '127.0.0.53', side: 'host' },
    { server: '192.0.2.1', side: 'host' },
    { server: 'fe80::1%eth0', side: 'host' },
  ])
})

test('for a container that may not leave its networks the host asks nobody', () => {
  expect(chooseUpstream({ ...facts, mayLeave: false })).toEqual([])
  expect(chooseUpstream({ ...facts, ofNetworks: ['10.7.0.53'], mayLeave: false })).toEqual([
    { server: '10.7.0.53', side: 'sandbox' },
  ])
})

test('servers that were chosen stand alone, and are meant as the container sees them', () => {
  expect(chooseUpstream({ ...facts, chosen: ['127.0.0.1'], ofNetworks: ['10.7.0.53'] })).toEqual([
    { server: '127.0.0.1', side: 'sandbox' },
  ])
})
