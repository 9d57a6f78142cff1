import { expect, test } from 'vitest'
import { canonicalRegistry } from '../endpoint/endpoints.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { checkRealm } from './realm-trust.ts'

function endpoint(origin: string): Endpoint {
  const { host, protocol } = new URL(origin)
  const name = canonicalRegistry(host)
  return { registry: name, name, origin, host, isMirror: false, isInsecure: protocol === 'http:' }
}

const check = (realm: string, origin: string, hasCredentials = true, trusted: string[] = []) =>
  checkRealm(realm, endpoint(origin), trusted, { registry: 'test' }, hasCredentials)

test.each([
  ['https://auth.docker.io/token', 'https://registry-1.docker.io'],
  ['https://ghcr.io/token', 'https://ghcr.io'],
  ['https://gitlab.example.com/jwt/auth', 'https://registry.example.com:5050'],
  ['https://auth.example.co.uk/token', 'https://registry.example.co.uk'],
  ['http://127.0.0.1:5001/auth', 'http://127.0.0.1:5000'],
  ['http://localhost:5001/auth', 'http://localhost:5000'],
  ['https://10.0.0.5:8443/token', 'https://10.0.0.5'],
])('B11 %s may have the credentials of %s', async (realm, origin) => {
  expect((await check(realm, origin)).isTrusted).toBe(true)
})

test.each([
  ['https://attacker.example/token', 'https://registry.example.com'],
  ['https://registry.example.com.attacker.net/', 'https://registry.example.com'],
  ['https://attacker.co.uk/token', 'https://registry.co.uk'],
  ['https://attacker.github.io/token', 'https://victim.github.io'],
  ['https://attacker.s3.amazonaws.com/token', 'https://victim.s3.amazonaws.com'],
  ['https://10.0.0.6/token', 'https://10.0.0.5'],
  ['https://com/token', 'https://registry.com'],
  ['https://[2001:db8::1]/token', 'https://[2001:db8::2]'],
  ['https://example.com@attacker.net/', 'https://registry.example.com'],
  ['http://attacker.localhost/', 'http://localhost:5000'],
])('B11 %s may not have the credentials of %s', async (realm, origin) => {
  await expect(check(realm, origin)).rejects.toMatchObject({ code: 'REGISTRY_REALM_REFUSED', kind: 'denied' })
})

test('B11 a realm elsewhere may be asked without credentials, and is not trusted then', async () => {
  const { isTrusted, isConfigured } = await check('https://tokens.other.net/', 'https://registry.example.com', false)
  expect([isTrusted, isConfigured]).toEqual([false, false])
})

test.each([
  ['http://auth.example.com/token', 'https://registry.example.com'],
  ['http://169.254.169.254/token', 'http://registry.example.com'],
  ['https://[fe80::1]/token', 'https://registry.example.com'],
  ['https://[fd00:ec2::254]/token', 'https://registry.example.com'],
  ['https://127.0.0.1/token', 'https://registry.example.com'],
  ['https://localhost/token', 'https://registry.example.com'],
  ['https://[::1]/token', 'https://registry.example.com'],
  ['https://2130706433/token', 'https://registry.example.com'],
  ['https://0x7f.1/token', 'https://registry.example.com'],
  ['https://0.0.0.0/token', 'https://registry.example.com'],
  ['https://[::ffff:127.0.0.1]/token', 'https://registry.example.com'],
  ['https://[::ffff:169.254.169.254]/token', 'https://registry.example.com'],
  ['file:///etc/shadow', 'https://registry.example.com'],
  ['javascript:1', 'https://registry.example.com'],
])('B11 %s is not asked for %s, with credentials or without', async (realm, origin) => {
  for (const hasCredentials of [true, false]) {
    await expect(check(realm, origin, hasCredentials)).rejects.toMatchObject({ code: 'REGISTRY_REALM_REFUSED' })
  }
})

test('B11 a realm that is configured is trusted, by host or by host and port, and no other', async () => {
  const realm = 'https://tokens.other.net:8443/'
  for (const trusted of ['tokens.other.net', 'tokens.other.net:8443']) {
    const { isTrusted, isConfigured } = await check(realm, 'https://registry.example.com', true, [trusted])
    expect([isTrusted, isConfigured]).toEqual([true, true])
  }
  for (const trusted of ['other.net', 'tokens.other.net:443', '*', 'https://tokens.other.net:8443']) {
    await expect(check(realm, 'https://registry.example.com', true, [trusted])).rejects.toMatchObject({
      hint: expect.stringContaining('add tokens.other.net:8443 to `trustedRealms`'),
    })
  }
})

test('B11 a realm without TLS is refused for a registry with TLS, also when it is configured', async () => {
  const asked = check('http://login.company.test/token', 'https://r.example', true, ['login.company.test'])
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_REALM_REFUSED', hint: expect.stringContaining('https') })
  const { isConfigured } = await check('https://login.company.test/t', 'https://r.example', true, [
    'Login.Company.Test',
  ])
  expect(isConfigured).toBe(true)
})
