import { describe, expect, it, test } from 'vitest'
import { sourceOf } from './mount-volume.ts'
import { checkVolumeName } from './volume-name.ts'
import { readVolumeOptions } from './volume-options.ts'

describe('the options of a volume', () => {
  it('say what is mounted, as those of mount(8) do', () => {
    expect(readVolumeOptions({})).toBeUndefined()
    expect(readVolumeOptions({ type: 'tmpfs', device: 'tmpfs' })).toEqual({
      type: 'tmpfs',
      device: 'tmpfs',
      options: [],
    })
    expect(readVolumeOptions({ type: 'ext4', device: '/dev/x', o: ',ro,,noatime' })).toEqual({
      type: 'ext4',
      device: '/dev/x',
      options: ['ro', 'noatime'],
    })
  })

  it.each(['bind', 'rbind', 'ro,bind', 'rbind,ro'])('need no type when they are %s', (o) => {
    for (const type of [{}, { type: 'none' }, { type: '' }]) {
      expect(readVolumeOptions({ ...type, device: '/srv', o })).toEqual({
        type: 'bind',
        device: '/srv',
        options: o.split(','),
      })
    }
  })

  it.each([
    [{ type: 'tmpfs' }, 'device'],
    [{ o: 'bind' }, 'device'],
    [{ type: 'tmpfs', device: '' }, 'device'],
    [{ device: 'tmpfs' }, 'type'],
    [{ device: '/srv', o: 'binds,ro' }, 'type'],
  ])('%j lack the option %s', (options, missing) => {
    expect(() => readVolumeOptions(options)).toThrow(`missing required option: "${missing}"`)
  })

  it('that are unknown are refused', () => {
    expect(() => readVolumeOptions({ type: 'tmpfs', size: '1m' })).toThrow('invalid option: "size"')
  })
})

test.each([
  ['nfs', ':/share', ['addr=10.0.0.1', 'ro'], '10.0.0.1:/share'],
  ['nfs4', ':/share', ['ro', 'addr=10.0.0.1'], '10.0.0.1:/share'],
  ['nfs', 'server:/share', ['addr=10.0.0.1'], 'server:/share'],
  ['nfs', ':/share', ['noaddr=1', 'ro'], ':/share'],
  ['cifs', ':/share', ['addr=10.0.0.1'], ':/share'],
  ['xnfs', ':/share', ['addr=10.0.0.1'], ':/share'],
])('the source of %s %s with %j is %s', (type, device, options, source) => {
  expect(sourceOf({ type, device, options })).toBe(source)
})

describe('the name of a volume', () => {
  it.each(['ab', 'A9', '0_.-', 'x'.repeat(255)])('may be %j', (name) => {
    expect(() => checkVolumeName(name)).not.toThrow()
  })

  it.each(['', '.a', '-a', '_a', 'a b', 'ab/', 'ab\n', ' ab', 'aü', 'x'.repeat(256)])('may not be %j', (name) => {
    expect(() => checkVolumeName(name)).toThrow('includes invalid characters')
  })

  it('is too short with one letter', () => {
    expect(() => checkVolumeName('a')).toThrow('volume name is too short')
  })
})
