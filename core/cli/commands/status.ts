import type { Command } from '../command.ts'
import { askEngine } from '../engine-control.ts'
import { alignColumns } from '../table.ts'

/** Status 0 when every component is ready, 1 when one is not. */
export const command: Command = {
  async run(line) {
    const { members } = await askEngine(line, (engine) => engine.status({}))
    const rows = members.map(({ name, component, version, mode, status, reason }) => {
      return [name, component, version, mode, reason === undefined ? status : `${status}  ${reason}`]
    })
    process.stdout.write(alignColumns([['NAME', 'COMPONENT', 'VERSION', 'MODE', 'STATUS'], ...rows]))
    return members.every(({ status }) => status === 'ready') ? 0 : 1
  },
}
