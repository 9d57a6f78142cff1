import { expect, test } from 'vitest'
import { driverOptions, readSysctls } from './endpoint-sysctls.ts'

const option = 'com.docker.network.endpoint.sysctls'

test('kernel settings of a link are read out of the options, and the driver sees the rest', () => {
  const options = { [option]: 'net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.IFNAME.gc_stale_time=9', other: 'x' }
  expect(readSysctls(options).map(({ file, value }) => [file('eth3'), value])).toEqual([
    ['/proc/sys/net/ipv4/conf/eth3/log_martians', '1'],
    ['/proc/sys/net/ipv6/neigh/eth3/gc_stale_time', '9'],
  ])
  expect(driverOptions(options)).toEqual({ other: 'x' })
})

test.each([
  'nope',
  'net.ipv4.ip_forward=1',
  'net.ipv4.conf.IFNAME.log_martians',
  'net.core.a.IFNAME.b=1',
  'net.ipv4.conf/../../kernel.IFNAME.hostname=x',
])('the setting %s is refused', (setting) => {
  expect(() => readSysctls({ [option]: setting })).toThrow(expect.objectContaining({ code: 'CONTAINER_SPEC_INVALID' }))
})
