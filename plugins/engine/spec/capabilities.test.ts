import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capabilityNames, hostCapabilities } from '@moby/lib-oci-runtime'
import { defaultCapabilities } from '@moby/lib-oci-runtime'
import { chooseCapabilities } from './capabilities.ts'

test('the bounding set of a process is read bit by bit', () => {
  expect(hostCapabilities('Name:\tx\nCapBnd:\t0000000000000003\n')).toEqual(['CAP_CHOWN', 'CAP_DAC_OVERRIDE'])
  expect(hostCapabilities('CapBnd:\t000001ffffffffff\n')).toEqual(capabilityNames)
})

test('ALL, names with and without CAP_, in any case', () => {
  const choose = (capAdd: string[], capDrop: string[]) => chooseCapabilities({ capAdd, capDrop }, capabilityNames)
  expect(choose([], []).toSorted()).toEqual(defaultCapabilities.toSorted())
  expect(choose(['all'], [])).toEqual(capabilityNames)
  expect(choose(['net_admin'], ['ALL'])).toEqual(['CAP_NET_ADMIN'])
  expect(choose(['ALL'], ['CAP_SYS_ADMIN'])).not.toContain('CAP_SYS_ADMIN')
  expect(choose([], ['CAP_CHOWN'])).not.toContain('CAP_CHOWN')
  expect(() => choose(['CAP_NOPE'], [])).toThrow('unknown capability: "CAP_NOPE"')
})

test('nobody gets what the host does not have, nor by default more than the default', () => {
  const names = fc.subarray(capabilityNames)
  fc.assert(
    fc.property(names, names, (host, dropped) => {
      const drop = dropped.filter((name) => host.includes(name))
      const chosen = chooseCapabilities({ capDrop: drop }, host)
      expect(chosen.every((name) => host.includes(name) && defaultCapabilities.includes(name))).toBe(true)
      expect(chosen.some((name) => drop.includes(name))).toBe(false)
    }),
  )
})
