import { strict as assert } from 'node:assert'
import { networkDriver } from '../network/index.ts'
import { CaseBook } from './case.ts'
import { failsWith, outcomes } from './checks.ts'
import { inNetwork, type NetworkFixtures } from './network-helpers.ts'

const book = new CaseBook<typeof networkDriver, NetworkFixtures>(networkDriver)
/** Promises of `network.driver` about which endpoints there can be beside each other. */
export const networkEndpointCases = book.cases

book.prove({
  id: 'one-endpoint-at-once',
  methods: ['createEndpoint', 'endpointInfo', 'deleteEndpoint'],
  title: 'of several that make one endpoint at once one does, and it can be made again when it was deleted',
  async run({ driver, fixtures }) {
    await inNetwork({ driver, fixtures }, async ({ request, endpoint, addEndpoint }) => {
      const made = endpoint()
      const which = { networkId: request.networkId, endpointId: made.endpointId }
      for (let times = 0; times < 2; times++) {
        const { answers, codes } = await outcomes([1, 2, 3].map(() => addEndpoint(made)))
        assert.deepEqual([answers.length, codes], [1, ['ENDPOINT_EXISTS', 'ENDPOINT_EXISTS']])
        await driver.endpointInfo(which)
        await Promise.all([1, 2].map(() => driver.deleteEndpoint(which)))
        await failsWith('ENDPOINT_NOT_FOUND', driver.endpointInfo(which))
      }
    })
  },
})
