import { codedError } from '@moby/contracts'
import { expect, test } from 'vitest'
import { unknownDriver } from './unknown-driver.ts'

const error = (details: Record<string, unknown>) =>
  codedError('DRIVER_UNKNOWN', 'There is no driver nfs of storage.volume', { details, hint: 'did you mean nfs4?' })

test('a driver that nobody provides is told in the words of Docker, with what is known instead', () => {
  expect(unknownDriver(error({ driver: 'nfs' }), 'nfs', 'plugin "nfs" not found')).toMatchObject({
    code: 'DRIVER_UNKNOWN',
    message: 'plugin "nfs" not found',
    hint: 'did you mean nfs4?',
    details: { driver: 'nfs' },
  })
})

test('one that was removed, another driver and other errors keep their own words', () => {
  for (const each of [
    error({ driver: 'nfs', removed: true }),
    error({ driver: 'other' }),
    codedError('DRIVER_AWAY', 'away', { details: { driver: 'nfs' } }),
    new Error('x'),
  ]) {
    expect(unknownDriver(each, 'nfs', 'words')).toBe(each)
  }
})
