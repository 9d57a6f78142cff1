import { renderPlan } from '../../change/render-plan.ts'
import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'
import { usage } from '../usage.ts'

/** Makes a running engine that of an earlier generation. */
export const command: Command = {
  async run(line) {
    const word = line.value('to')
    const to = word === undefined ? undefined : Number(word)
    if (to !== undefined && (!Number.isSafeInteger(to) || to < 1)) {
      throw usage(line, `${word} is no number of a generation`, 'moby generations lists them', word)
    }
    const { generation, plan } = await askEngine(line, (engine) => engine.rollback(to === undefined ? {} : { to }))
    process.stdout.write(`${renderPlan(plan)}Generation ${generation} runs\n`)
    return 0
  },
}
