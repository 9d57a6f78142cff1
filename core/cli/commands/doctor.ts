import process from 'node:process'
import type { Command } from '../command.ts'
import { examineCgroups } from '../doctor/cgroups.ts'
import { examineDataRoot } from '../doctor/data-root.ts'
import { bad, good, type Finding } from '../doctor/finding.ts'
import { examineKernel } from '../doctor/kernel-features.ts'
import { examinePrograms } from '../doctor/programs.ts'
import { rootsOf } from '../roots.ts'
import { alignColumns } from '../table.ts'

const words = { good: 'ok', poor: 'poor', bad: 'MISSING' } as const

export const command: Command = {
  async run(line) {
    const findings = [
      good('node', process.versions.node),
      privilege(),
      ...(
        await Promise.all([
          examinePrograms(),
          examineKernel(),
          examineCgroups(),
          examineDataRoot(rootsOf(line).dataRoot),
        ])
      ).flat(),
    ]
    process.stdout.write(alignColumns(findings.map(({ state, subject, detail }) => [words[state], subject, detail])))
    const remedies = findings.filter(({ remedy }) => remedy !== undefined)
    if (remedies.length > 0) {
      const rows = remedies.map(({ subject, remedy = '' }) => [`  ${subject}`, remedy])
      process.stdout.write(`\nRemedies:\n${alignColumns(rows)}`)
    }
    return findings.some(({ state }) => state === 'bad') ? 1 : 0
  },
}

function privilege(): Finding {
  const uid = process.getuid?.()
  return uid === 0 ? good('privilege', 'root') : bad('privilege', `user ${uid}`, 'run as root')
}
