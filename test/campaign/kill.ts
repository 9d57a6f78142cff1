import process from 'node:process'
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'

/** `npm run campaign -- --seed 1 --seeds 20 --rounds 8`: ends with status 1 when an engine broke a promise. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '8' },
  },
})
const first = Number(values.seed)
const total = { rounds: 0, kills: 0, problems: 0 }
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const started = performance.now()
  const { kills, problems, dataRoot } = await runCampaign({ seed, rounds: Number(values.rounds), tell: console.log })
  total.rounds += Number(values.rounds)
  total.kills += kills
  total.problems += problems.length
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const where = problems.length === 0 ? '' : `, data root ${dataRoot}`
  console.log(`seed ${seed}: ${kills} kills, ${problems.length} problems, ${seconds} s${where}`)
}
console.log(`${total.rounds} rounds, ${total.kills} kills, ${total.problems} problems`)
process.exitCode = total.problems === 0 ? 0 : 1
