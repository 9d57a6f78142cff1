import { it } from 'vitest'
import { proveCycles } from '../../cycles/prove-cycles.ts'
import { shareEngine } from '../shared-engine.ts'
import { proveLivesAndStreams } from './prove-lives-and-streams.ts'
import { proveRequests } from './prove-requests.ts'

/** C1 to C24 as far as they need a whole engine, and what many containers leave. */
const { own } = shareEngine()
own('cycles', (shared) => {
  // `npm run accept -- 5` has a thousand.
  it('twenty-four containers made, started and removed, eight at a time, leave nothing behind', async () => {
    await proveCycles(shared.engine, 24, 16)
  })
})
own('requests that mean harm', proveRequests)
own('lives and streams under attack', proveLivesAndStreams)
