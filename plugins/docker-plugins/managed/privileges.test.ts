import { expect, it } from 'vitest'
import { readPluginConfig } from './plugin-config.ts'
import { checkPrivileges, privilegesOf } from './privileges.ts'

const config = readPluginConfig(
  Buffer.from(
    JSON.stringify({
      NETWORK: { Type: 'host' },
      pidhost: true,
      mounts: [{ source: '/a' }, { source: null }, { source: '/a' }],
      linux: { capabilities: ['CAP_B', 'CAP_A'], devices: [{ path: '/dev/fuse' }], allowAllDevices: true },
    }),
  ),
)
const wanted = privilegesOf(config)

it('privileges are what the config asks for, whatever the case of its keys', () => {
  expect(wanted.map(({ name, value }) => [name, ...value])).toEqual([
    ['network', 'host'],
    ['host pid namespace', 'true'],
    ['mount', '/a'],
    ['mount', '/a'],
    ['device', '/dev/fuse'],
    ['allow-all-devices', 'true'],
    ['capabilities', 'CAP_B', 'CAP_A'],
  ])
})

it('what was accepted must be the same, each as often, in any order', () => {
  expect(() => checkPrivileges(wanted, wanted)).not.toThrow()
  expect(() =>
    checkPrivileges(
      wanted,
      wanted.toReversed().map((each) => ({ ...each, value: each.value.toReversed() })),
    ),
  ).not.toThrow()
  for (let at = 0; at < wanted.length; at += 1) {
    expect(() => checkPrivileges(wanted, wanted.toSpliced(at, 1))).toThrow('incorrect privileges')
    expect(() =>
      checkPrivileges(wanted, wanted.toSpliced(at, 1, { name: 'mount', description: '', value: ['/b'] })),
    ).toThrow()
    expect(() => checkPrivileges(wanted.toSpliced(at, 1), wanted)).toThrow('incorrect privileges')
  }
  const more = { name: 'capabilities', description: '', value: ['CAP_A', 'CAP_B', 'CAP_C'] }
  expect(() => checkPrivileges(wanted, [...wanted.slice(0, -1), more])).toThrow('incorrect privileges')
  // One in place of another that is there twice.
  expect(() => checkPrivileges(wanted, [...wanted.slice(0, 3), wanted[4] as never, ...wanted.slice(4)])).toThrow()
  expect(() => checkPrivileges([], [])).not.toThrow()
})
