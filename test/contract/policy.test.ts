import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authAuthorize } from '@moby/contracts'
import { casesOf, runCase } from '@moby/contracts/conformance'
import { connectPeer, serveContracts } from '@moby/contracts/wire'
import { describe, it } from 'vitest'
import { policyFixtures, referencePolicy } from './reference-policy.ts'

const cases = casesOf(authAuthorize.id).map((each) => [each.id, each] as const)

/** No component of the project decides on operations yet: a policy of the test proves the contract. */
describe('a policy keeps the promises of auth.authorize', () => {
  it.each(cases)('%s, direct', async (_id, each) => {
    await runCase(each, { driver: referencePolicy, fixtures: policyFixtures })
  })

  it.each(cases)('%s, http', async (_id, each) => {
    const folder = await mkdtemp(join(tmpdir(), 'ct-'))
    const server = serveContracts({
      component: 'test/policy',
      version: '0.1.0',
      implementations: [{ contract: authAuthorize, implementation: referencePolicy }],
    })
    await server.listen(join(folder, 'socket'))
    const peer = connectPeer({ socketPath: join(folder, 'socket') })
    try {
      await runCase(each, { driver: peer.contract(authAuthorize), fixtures: policyFixtures })
    } finally {
      peer.close()
      await server.close(0)
      await rm(folder, { recursive: true, force: true })
    }
  })
})
