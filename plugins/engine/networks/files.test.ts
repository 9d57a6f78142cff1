import { expect, test } from 'vitest'
import { writeHosts } from './hosts-file.ts'
import { chooseResolvConf, parseResolvConf, upstreamServers, writeResolvConf } from './resolv-conf.ts'

const host = parseResolvConf(
  '# made\nsearch old\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver ::1\nsearch a b\noptions ndots:2\n',
)
const own = { hostNetwork: false, ipv6: false, networkServers: [] }

test('servers on the loopback of the host are not for containers', () => {
  expect(chooseResolvConf(host, {}, own)).toEqual({
    nameservers: ['192.0.2.1'],
    search: ['a', 'b'],
    options: ['ndots:2'],
  })
  expect(upstreamServers(parseResolvConf('nameserver 127.0.0.1\n'), {}, own)).toEqual(['8.8.8.8', '8.8.4.4'])
  expect(chooseResolvConf(host, {}, { ...own, hostNetwork: true }).nameservers).toEqual(host.nameservers)
})

test('what the user asks for wins; a network that answers names stands alone', () => {
  const wishes = { dns: ['192.0.2.9'], dnsSearch: ['.'], dnsOptions: ['timeout:1'] }
  expect(writeResolvConf(chooseResolvConf(host, wishes, own))).toBe('nameserver 192.0.2.9\noptions timeout:1\n')
  expect(chooseResolvConf(host, {}, { ...own, networkServers: ['172.18.0.1'] }).nameservers).toEqual(['172.18.0.1'])
  const resolver = { ...own, networkServers: ['172.18.0.1'], resolver: '127.0.0.11' }
  expect(chooseResolvConf(host, { dns: ['192.0.2.9'], dnsOptions: ['timeout:1'] }, resolver)).toEqual({
    nameservers: ['127.0.0.11'],
    search: ['a', 'b'],
    options: ['timeout:1', 'ndots:0'],
  })
  expect(chooseResolvConf(host, {}, resolver).options).toEqual(['ndots:2'])
})

test('the hosts file is laid out as by dockerd', () => {
  const text = writeHosts({
    hostname: 'box',
    domainname: 'example.org',
    extraHosts: ['db:192.0.2.7', 'six=[::5]'],
    addresses: ['172.17.0.2'],
    links: [{ address: '172.17.0.3', names: ['alias', 'id', 'alias'] }],
  })
  expect(text.split('\n').slice(-5)).toEqual([
    '192.0.2.7\tdb',
    '::5\tsix',
    '172.17.0.3\talias id',
    '172.17.0.2\tbox.example.org box',
    '',
  ])
  expect(text).toContain('127.0.0.1\tlocalhost\n')
})
