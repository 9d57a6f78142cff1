import { strict as assert } from 'node:assert'
import { authAuthenticate, authAuthorize, type Evidence } from '../auth/index.ts'
import type { RequestOf } from '../component/contract.ts'
import { CaseBook } from './case.ts'
import { failsWith } from './checks.ts'

/** Callers that the driver under test must know and must not know. */
export interface AuthenticateFixtures {
  readonly known: readonly { readonly evidence: Evidence; readonly name: string }[]
  readonly unknown: readonly Evidence[]
}

const who = new CaseBook<typeof authAuthenticate, AuthenticateFixtures>(authAuthenticate)
/** Promises of `auth.authenticate`. */
export const authAuthenticateCases = who.cases

who.prove({
  id: 'socket',
  methods: ['socket'],
  title: 'the permission bits of the socket let its owner in and nobody unnamed',
  smoke: true,
  async run({ driver }) {
    const { mode } = await driver.socket({})
    assert.equal(mode & 0o600, 0o600)
    assert.equal(mode & 0o007, 0, `mode ${mode.toString(8)} lets everybody in`)
  },
})

who.prove({
  id: 'known',
  methods: ['authenticate'],
  title: 'a known caller has a name and a method, the same at every call',
  needs: ['known'],
  async run({ driver, fixtures }) {
    for (const { evidence, name } of fixtures.known) {
      const { principal } = await driver.authenticate({ evidence })
      assert.equal(principal.name, name)
      assert.ok(principal.method !== '')
      assert.deepEqual((await driver.authenticate({ evidence })).principal, principal)
    }
  },
})

who.prove({
  id: 'unknown',
  methods: ['authenticate'],
  title: 'a caller without usable evidence is refused, never guessed',
  needs: ['unknown'],
  async run({ driver, fixtures }) {
    for (const evidence of fixtures.unknown) {
      await failsWith('AUTH_NOT_AUTHENTICATED', driver.authenticate({ evidence }))
    }
  },
})

/** Operations that the driver under test must allow and must deny. */
export interface AuthorizeFixtures {
  readonly allowed: readonly RequestOf<typeof authAuthorize, 'authorize'>[]
  readonly denied: readonly RequestOf<typeof authAuthorize, 'authorize'>[]
}

const may = new CaseBook<typeof authAuthorize, AuthorizeFixtures>(authAuthorize)
/** Promises of `auth.authorize`. */
export const authAuthorizeCases = may.cases

may.prove({
  id: 'decides',
  methods: ['authorize'],
  title: 'what is allowed is allowed, what is not is denied with a message, the same when asked at once',
  needs: ['allowed', 'denied'],
  async run({ driver, fixtures }) {
    const allowed = await Promise.all(fixtures.allowed.map((request) => driver.authorize(request)))
    assert.ok(allowed.every(({ allow }) => allow))
    const denied = await Promise.all(fixtures.denied.map((request) => driver.authorize(request)))
    assert.ok(denied.every(({ allow, message }) => !allow && (message ?? '') !== ''))
  },
})

may.prove({
  id: 'odd-requests',
  methods: ['authorize'],
  title: 'odd and large requests are decided, not failed on',
  needs: ['denied'],
  async run({ driver, fixtures }) {
    const request = {
      ...(JSON.parse('{"__proto__":{"allow":true},"constructor":null}') as object),
      text: '\u0000\n😀'.repeat(50_000),
    }
    for (const { principal, operation } of fixtures.denied) {
      const { allow } = await driver.authorize({ principal, operation: { name: operation.name, request } })
      assert.equal(typeof allow, 'boolean')
    }
  },
})

may.prove({
  id: 'answers',
  methods: ['authorizeResponse'],
  title: 'answers are decided on, or the driver says that it does not look at them',
  needs: ['allowed'],
  async run({ driver, fixtures }) {
    for (const request of fixtures.allowed) {
      const call = driver.authorizeResponse({ ...request, status: 200, headers: {}, body: new Uint8Array([123, 125]) })
      const allow = await call.then(
        (decision) => decision.allow,
        (error: unknown) => failsWith('NOT_SUPPORTED', Promise.reject(error as Error)).then(() => true),
      )
      assert.equal(allow, true)
    }
  },
})
