import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'
import { alignColumns } from '../table.ts'

const words = {
  running: 'under way',
  done: 'done',
  unchanged: 'nothing to do',
  failed: 'failed, and everything is as it was',
} as const

/** Status 0 when every component is ready, 1 when one is not. */
export const command: Command = {
  async run(line) {
    const { members, change, generation } = await askEngine(line, (engine) => engine.status({}))
    const rows = members.map(({ name, component, version, mode, status, reason, standing, pending }) => {
      const more = [standing && `${standing}, there for what still uses it`, reason, pending].filter((each) => each)
      return [name, component, version, mode, more.length === 0 ? status : `${status}  ${more.join('; ')}`]
    })
    process.stdout.write(alignColumns([['NAME', 'COMPONENT', 'VERSION', 'MODE', 'STATUS'], ...rows]))
    if (change !== undefined) {
      const { result, what, at, reason } = change
      const text = reason === undefined ? '' : `\n${reason}`
      process.stdout.write(`\nGeneration ${generation}. Last change: ${what}, ${words[result]}, ${at}${text}\n`)
    }
    return members.every(({ status }) => status === 'ready') ? 0 : 1
  },
}
