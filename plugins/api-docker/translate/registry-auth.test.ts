import { expect, test } from 'vitest'
import { readRegistryAuth } from './registry-auth.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each<[unknown, unknown]>([
  [
    { username: 'me', password: 'x?>', serveraddress: 'r' },
    { username: 'me', password: 'x?>' },
  ],
  [{ auth: Buffer.from('me:a:b').toString('base64') }, { username: 'me', password: 'a:b' }],
  [
    { username: 'me', identitytoken: 't' },
    { username: 'me', identityToken: 't' },
  ],
  [{ registrytoken: 't' }, { registryToken: 't' }],
  [{}, undefined],
  [{ username: '', password: '' }, undefined],
])('%j is read', (config, credentials) => {
  expect(readRegistryAuth(encode(config))).toEqual(credentials)
})

test.each([undefined, '', 'e30=', '!!!', Buffer.from('[1]').toString('base64')])('%j counts as none', (header) => {
  expect(readRegistryAuth(header)).toBeUndefined()
})
