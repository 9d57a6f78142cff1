import { expect, test } from 'vitest'
import { tmpfsOptions } from './tmpfs-options.ts'

test.each([
  [{}, 'noexec,nosuid,nodev,rprivate'],
  [
    { readOnly: true, tmpfsMode: 0o1770, tmpfsSizeBytes: 65536 },
    'noexec,nosuid,nodev,rprivate,ro,mode=1770,size=65536',
  ],
  [{ tmpfsOptions: 'exec,defaults,size=1m,size=2m' }, 'nosuid,nodev,rprivate,exec,size=2m'],
  [{ tmpfsSizeBytes: 4096, tmpfsOptions: 'size=8k,rw,shared' }, 'noexec,nosuid,nodev,size=8k,rw,shared'],
] as const)('of options that contradict each other the last counts: %j', (spec, options) => {
  expect(tmpfsOptions({ type: 'tmpfs', target: '/t', ...spec }).join(',')).toBe(options)
})

test.each([
  ['bogus', 'invalid tmpfs option "bogus"'],
  ['huge=always', 'invalid tmpfs option "huge"'],
])('an option that is none is refused: %s', (written, message) => {
  expect(() => tmpfsOptions({ type: 'tmpfs', target: '/t', tmpfsOptions: written })).toThrow(
    expect.objectContaining({ code: 'CONTAINER_START_FAILED', message }),
  )
})
