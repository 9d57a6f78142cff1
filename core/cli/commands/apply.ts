import { resolve } from 'node:path'
import { renderPlan } from '../../change/render-plan.ts'
import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'

/** Makes a running engine that of a manifest and its lock; with --plan it only tells what would be done. */
export const command: Command = {
  async run(line) {
    const file = line.value('assembly')
    const request = file === undefined ? {} : { assembly: resolve(file) }
    const show = (value: unknown, text: string) =>
      void process.stdout.write(line.flag('json') ? `${JSON.stringify(value, undefined, 2)}\n` : text)
    if (line.flag('plan')) {
      const plan = await askEngine(line, (engine) => engine.plan(request))
      show(plan, renderPlan(plan))
      return 0
    }
    const { generation, plan } = await askEngine(line, (engine) => engine.apply(request))
    show({ generation, plan }, `${renderPlan(plan)}Generation ${generation} runs\n`)
    return 0
  },
}
