import { expect, it } from 'vitest'
import { runCampaign } from '../campaign/campaign.ts'

// `npm run campaign` is the long form, with other seeds.
it('keeps every promise while clients use the engine at random and it is killed at random', async () => {
  const { problems, kills } = await runCampaign({ seed: 7, rounds: 2, deepest: 1 })
  expect(problems).toEqual([])
  expect(kills).toBeGreaterThan(0)
}, 240_000)
