import type { MountSpec } from '@moby/contracts'
import { expect, test } from 'vitest'
import { followEngineFolders } from './bind-propagation.ts'

const instance = { id: '01234567', dataRoot: '/var/lib/moby', runRoot: '/run/moby' }
const bind = (source: string, propagation?: MountSpec['propagation']) => {
  const spec: MountSpec = { type: 'bind', source, target: '/t', ...(propagation === undefined ? {} : { propagation }) }
  return { spec, target: '/t' }
}

test.each(['/', '/var', '/var/lib/moby', '/var/lib/moby/x', '/var/lib/', '/run', '/run/moby'])(
  'a bind of %s shows what the engine mounts, and follows the host',
  (source) => {
    expect(followEngineFolders(bind(source), instance)).toEqual({
      spec: { ...bind(source).spec, propagation: 'rslave' },
      target: '/t',
      followsEngineFolders: true,
    })
    for (const own of ['rslave', 'rshared'] as const) {
      expect(followEngineFolders(bind(source, own), instance)).toEqual(bind(source, own))
    }
    expect(() => followEngineFolders(bind(source, 'private'), instance)).toThrow(
      expect.objectContaining({
        code: 'CONTAINER_SPEC_INVALID',
        message:
          'invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the ' +
          `daemon root, daemon root: "/var/lib/moby", bind mount source: "${source}", propagation: "private"`,
      }),
    )
  },
)

test.each(['/var/lib/mobyx', '/var/libx', '/run/moby/docker.sock', '/srv', '/run/other'])(
  'a bind of %s shows nothing of the engine',
  (source) => {
    expect(followEngineFolders(bind(source), instance)).toEqual(bind(source))
    expect(followEngineFolders(bind(source, 'private'), instance)).toEqual(bind(source, 'private'))
  },
)
