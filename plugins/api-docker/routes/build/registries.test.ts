import { expect, test } from 'vitest'
import { registriesOf } from './registries.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('credentials of a build are read by registry, also where name and password stand in one word', () => {
  const auth = Buffer.from('me:a:b').toString('base64')
  const header = encode({
    'https://index.docker.io/v1/': { username: 'hub', password: 'x' },
    'registry.test:5000': { auth },
    'open.test': {},
  })
  expect(registriesOf(header)).toEqual({
    'docker.io': { username: 'hub', password: 'x' },
    'registry.test:5000': { username: 'me', password: 'a:b' },
    'open.test': {},
  })
  expect(registriesOf(undefined)).toEqual({})
  expect(() => registriesOf('!!!')).toThrow('X-Registry-Config')
})
