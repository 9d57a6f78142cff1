import { readFile } from 'node:fs/promises'
import type { Command } from '../command.ts'

export const command: Command = {
  async run() {
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(text) as { version: string }
    process.stdout.write(`moby ${version}, Node ${process.versions.node}\n`)
    return 0
  },
}
