import type { MountSpec } from '@moby/contracts'
import { expect, test } from 'vitest'
import type { ContainerContext } from './container-context.ts'
import { readOnlyBelow } from './read-only-below.ts'

const record = { drivers: { runtime: 'runc' } } as Parameters<typeof readOnlyBelow>[1]
const readOnly: MountSpec = { type: 'bind', source: '/s', target: '/t', readOnly: true }

/** A runtime that tells these features, or fails to tell any. */
function contextWith(features: Record<string, unknown> | Error): Pick<ContainerContext, 'runtimes'> {
  const info = async () => {
    if (features instanceof Error) throw features
    return { name: 'runc', version: '1', features }
  }
  return { runtimes: { get: () => ({ info }) } } as unknown as Pick<ContainerContext, 'runtimes'>
}
const able = contextWith({ mountOptions: ['ro', 'rro'] })

test('what is mounted below a read-only mount is read-only where runtime and kernel can', async () => {
  expect(await readOnlyBelow(able, record, readOnly, '5.12.0')).toBe(true)
  expect(await readOnlyBelow(able, record, readOnly, '6.1.0-30-amd64')).toBe(true)
  expect(await readOnlyBelow(able, record, readOnly, '5.11.9')).toBe(false)
  expect(await readOnlyBelow(able, record, readOnly, '4.19.0')).toBe(false)
  expect(await readOnlyBelow(contextWith({ mountOptions: ['ro'] }), record, readOnly, '6.1.0')).toBe(false)
  expect(await readOnlyBelow(contextWith(new Error('old')), record, readOnly, '6.1.0')).toBe(false)
})

test('it stays writable where the user says so, and below a mount that is', async () => {
  expect(await readOnlyBelow(able, record, { ...readOnly, readOnlyBelow: 'never' }, '6.1.0')).toBe(false)
  expect(await readOnlyBelow(able, record, { ...readOnly, readOnly: false }, '6.1.0')).toBe(false)
})

test('who insists on it is told what cannot do it', async () => {
  const insisting: MountSpec = { ...readOnly, readOnlyBelow: 'always' }
  expect(await readOnlyBelow(able, record, insisting, '6.1.0')).toBe(true)
  await expect(readOnlyBelow(able, record, insisting, '5.10.0')).rejects.toMatchObject({
    code: 'HOST_LACKS',
    message:
      'The mount at /t cannot be made read-only with all below it: the kernel 5.10.0 cannot do it (5.12 and newer can)',
  })
  await expect(readOnlyBelow(contextWith({}), record, insisting, '6.1.0')).rejects.toMatchObject({
    code: 'HOST_LACKS',
    message: expect.stringContaining('the runtime runc cannot do it') as string,
  })
})
