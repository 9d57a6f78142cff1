import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import process from 'node:process'
import { codedError } from '@moby/contracts'
import type { ConformanceCase } from '@moby/contracts/conformance'
import { conformComponent } from '../../conform/conform-component.ts'
import { reportJunit } from '../../conform/report-junit.ts'
import { reportText, resultLine } from '../../conform/report-text.ts'
import type { TestableMode } from '../../conform/subject.ts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { readConformCall } from '../conform-call.ts'
import { sourcesFor } from '../sources.ts'
import { alignColumns } from '../table.ts'

export const command: Command = {
  async run(line) {
    const call = await readConformCall(line)
    if (line.flag('list')) return list(call.cases)
    const { descriptor, mode } = call.setting
    process.stdout.write(`${descriptor.name} ${descriptor.version} as ${mode}, ${call.cases.length} cases\n`)
    const report = await conformComponent({
      ...call,
      sourcesFor,
      again: (each) => againText(line, mode, each),
      onResult: (result) => void process.stdout.write(resultLine(result)),
    })
    process.stdout.write(reportText(report))
    await writeReport(line, 'json', `${JSON.stringify(report, null, 2)}\n`)
    await writeReport(line, 'junit', reportJunit(report))
    // A run in which nothing could be shown has not shown that the component is sound.
    return report.failed === 0 && report.passed > 0 ? 0 : 1
  },
}

function list(cases: readonly ConformanceCase[]): number {
  process.stdout.write(alignColumns(cases.map(({ id, title, needs }) => [id, needs.join(', '), title])))
  return 0
}

/** The same call for one case; what it was given besides is kept. */
function againText(line: CommandLine, mode: TestableMode, { id }: ConformanceCase): string {
  const options = ['config', 'fixture', 'with', 'timeout'].flatMap((name) =>
    line.values(name).map((value) => ` --${name} ${quote(value)}`),
  )
  const [path = '.'] = line.positionals
  return `moby conform ${quote(relative(process.cwd(), path) || '.')} --mode ${mode} --case ${id}${options.join('')}`
}

function quote(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

async function writeReport(line: CommandLine, option: string, text: string): Promise<void> {
  const file = line.value(option)
  if (file === undefined) return
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw codedError('DOCUMENT_UNREADABLE', `The report ${file} cannot be written: ${(cause as Error).message}`, {
      span: line.spanOf(file),
      hint: 'name a file in a folder that exists and is writable',
      cause,
    })
  }
}
