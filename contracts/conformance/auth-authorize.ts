import { strict as assert } from 'node:assert'
import { authAuthorize } from '../auth/index.ts'
import type { RequestOf } from '../component/contract.ts'
import { CaseBook } from './case.ts'
import { Chance, follow } from './chance.ts'
import { failsWith, maybeCancelled } from './checks.ts'

/** Operations that the driver under test must allow and must deny. */
export interface AuthorizeFixtures {
  readonly allowed: readonly RequestOf<typeof authAuthorize, 'authorize'>[]
  readonly denied: readonly RequestOf<typeof authAuthorize, 'authorize'>[]
  /** What the driver under test must tell those that it denies, one for each; absent, any words. */
  readonly messages?: readonly string[]
}

type Question = RequestOf<typeof authAuthorize, 'authorize'>

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
  id: 'messages',
  methods: ['authorize'],
  title: 'whoever is denied is told what the policy says, whoever is allowed nothing',
  needs: ['allowed', 'denied', 'messages'],
  async run({ driver, fixtures }) {
    const tell = async (request: Question) => (await driver.authorize(request)).message
    assert.deepEqual(await Promise.all(fixtures.denied.map(tell)), fixtures.messages)
    assert.ok((await Promise.all(fixtures.allowed.map(tell))).every((message) => message === undefined))
  },
})

may.prove({
  id: 'sequences',
  methods: ['authorize'],
  title: 'any sequence of questions, one by one or at once, is decided as each alone',
  needs: ['allowed', 'denied'],
  async run({ driver, fixtures }) {
    const known = [
      ...fixtures.allowed.map((request) => ({ request, allow: true })),
      ...fixtures.denied.map((request) => ({ request, allow: false })),
    ]
    const [first, ...rest] = known
    if (first === undefined) return
    const chance = new Chance(20_261)
    const questions = Array.from({ length: 60 }, () => chance.pick([first, ...rest]))
    const decide = async ({ request, allow }: (typeof known)[number]) => {
      const decision = await driver.authorize(request)
      assert.equal(decision.allow, allow, `${request.principal.name} calls ${request.operation.name}`)
    }
    await follow(questions.slice(0, 30), ({ request }) => request.operation.name, decide)
    await Promise.all(questions.slice(30).map(decide))
  },
})

may.prove({
  id: 'leaves-requests-alone',
  methods: ['authorize'],
  title: 'an operation that was decided on is as it was: the engine acts on that very object',
  needs: ['allowed', 'denied'],
  async run({ driver, fixtures }) {
    for (const request of [...fixtures.allowed, ...fixtures.denied]) {
      const before = structuredClone(request)
      await driver.authorize(request)
      assert.deepEqual(request, before)
    }
  },
})

may.prove({
  id: 'restart',
  methods: ['authorize'],
  title: 'after a restart what was allowed and denied is so still',
  needs: ['allowed', 'denied', 'restart'],
  async run(subject) {
    await subject.restart()
    for (const request of subject.fixtures.allowed) assert.ok((await subject.driver.authorize(request)).allow)
    for (const request of subject.fixtures.denied) assert.ok(!(await subject.driver.authorize(request)).allow)
  },
})

may.prove({
  id: 'cancelled',
  methods: ['authorize'],
  title: 'a question that its caller gave up is cancelled or decided rightly, and the next is decided',
  needs: ['denied'],
  async run({ driver, fixtures }) {
    for (const request of fixtures.denied) {
      const decision = await maybeCancelled(driver.authorize(request, { signal: AbortSignal.abort() }))
      assert.notEqual(decision?.allow, true)
      assert.equal((await driver.authorize(request)).allow, false)
    }
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
