import { readFile, writeFile } from 'node:fs/promises'
import { codedError } from '@moby/contracts'
import { originManifest } from '../assembly-option.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  async run(line) {
    const file = line.positionals[0] ?? 'moby.yaml'
    const text = await readFile(originManifest, 'utf8')
    const own = text
      .replace(/^# .*$/m, '# Change what you like, then run: moby lock, and: moby up')
      .replace(/^assembly: .*$/m, 'assembly: mine')
    try {
      await writeFile(file, own, { flag: 'wx' })
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      const span = line.spanOf(line.positionals[0])
      if (code === 'EEXIST') {
        throw codedError('DOCUMENT_EXISTS', `There is a ${file} already`, {
          span,
          hint: 'name another: moby init FILE',
        })
      }
      throw codedError('DOCUMENT_UNREADABLE', `${file} cannot be written: ${message}`, {
        span,
        hint: 'name a file in a folder that exists and is writable',
      })
    }
    const option = file === 'moby.yaml' ? '' : ` --assembly ${file}`
    process.stdout.write(`Wrote ${file}. Next:\n  moby lock${option}\n  moby up${option} --data-root DIR\n`)
    return 0
  },
}
