import { strict as assert } from 'node:assert'
import { authAuthenticate, type Evidence } from '../auth/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, maybeCancelled } from './checks.ts'

/** Callers that the driver under test must know and must not know. */
export interface AuthenticateFixtures {
  readonly known: readonly {
    readonly evidence: Evidence
    readonly name: string
    /** Absent: they are not looked at. In any order. */
    readonly groups?: readonly string[]
  }[]
  readonly unknown: readonly Evidence[]
  /** The group that the socket must be for. */
  readonly socketGid?: number
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
    const { mode, gid } = await driver.socket({})
    assert.equal(mode & 0o600, 0o600)
    assert.equal(mode & ~0o770, 0, `mode ${mode.toString(8)} lets everybody in`)
    assert.ok(gid === undefined || gid >= 0, `${gid} is no group`)
    assert.deepEqual(await driver.socket({}), { mode, ...(gid === undefined ? {} : { gid }) })
  },
})

who.prove({
  id: 'socket-group',
  methods: ['socket'],
  title: 'the socket is for the group that was configured',
  needs: ['socketGid'],
  async run({ driver, fixtures }) {
    const { mode, gid } = await driver.socket({})
    assert.equal(gid, fixtures.socketGid)
    assert.equal(mode & 0o060, 0o060, `mode ${mode.toString(8)} keeps the group out`)
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
      assert.equal(new Set(principal.groups).size, principal.groups.length, `a group of ${name} is told twice`)
      assert.deepEqual((await driver.authenticate({ evidence })).principal, principal)
    }
  },
})

who.prove({
  id: 'groups',
  methods: ['authenticate'],
  title: 'a known caller is in its groups and in no other',
  needs: ['known'],
  async run({ driver, fixtures }) {
    for (const { evidence, name, groups } of fixtures.known) {
      if (groups === undefined) continue
      const { principal } = await driver.authenticate({ evidence })
      assert.deepEqual(principal.groups.toSorted(), groups.toSorted(), `the groups of ${name}`)
    }
  },
})

who.prove({
  id: 'at-once',
  methods: ['authenticate'],
  title: 'callers that come at once are told apart, and those who are nobody do not disturb them',
  needs: ['known', 'unknown'],
  async run({ driver, fixtures }) {
    const ask = async (evidence: Evidence) => (await driver.authenticate({ evidence })).principal.name
    const rounds = Array.from({ length: 10 }, async () => {
      const names = Promise.all(fixtures.known.map(({ evidence }) => ask(evidence)))
      const refusals = fixtures.unknown.map((evidence) => failsWith('AUTH_NOT_AUTHENTICATED', ask(evidence)))
      assert.deepEqual(
        await names,
        fixtures.known.map(({ name }) => name),
      )
      await Promise.all(refusals)
    })
    await Promise.all(rounds)
  },
})

who.prove({
  id: 'other-transport',
  methods: ['authenticate'],
  title: 'credentials of a peer say nothing on another transport than a Unix socket',
  smoke: true,
  async run({ driver }) {
    for (const transport of ['tcp', 'tls'] as const) {
      const evidence = { transport, peer: { uid: 0, gid: 0, pid: 1 } }
      await failsWith('AUTH_NOT_AUTHENTICATED', driver.authenticate({ evidence }))
    }
  },
})

who.prove({
  id: 'odd-evidence',
  methods: ['authenticate'],
  title: 'odd and large evidence is refused, not failed on',
  smoke: true,
  async run({ driver }) {
    const text = 'Bearer \u0000\n😀'.repeat(20_000)
    const odd: Evidence[] = [
      { transport: 'tcp', headers: { authorization: text } },
      { transport: 'tls', certificates: ['', text, '-----BEGIN CERTIFICATE-----'], headers: {} },
      { transport: 'unix', headers: { authorization: text }, certificates: [text] },
    ]
    for (const evidence of odd) await failsWith('AUTH_NOT_AUTHENTICATED', driver.authenticate({ evidence }))
  },
})

who.prove({
  id: 'restart',
  methods: ['authenticate', 'socket'],
  title: 'after a restart callers and socket are those of before',
  needs: ['known', 'restart'],
  async run(subject) {
    const tell = async () => {
      const principals = []
      for (const { evidence } of subject.fixtures.known)
        principals.push(await subject.driver.authenticate({ evidence }))
      return [principals, await subject.driver.socket({})]
    }
    const before = await tell()
    await subject.restart()
    assert.deepEqual(await tell(), before)
  },
})

who.prove({
  id: 'cancelled',
  methods: ['authenticate'],
  title: 'a call that its caller gave up is cancelled or answered, and the next is answered',
  needs: ['known'],
  async run({ driver, fixtures }) {
    for (const { evidence, name } of fixtures.known) {
      await maybeCancelled(driver.authenticate({ evidence }, { signal: AbortSignal.abort() }))
      assert.equal((await driver.authenticate({ evidence })).principal.name, name)
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
