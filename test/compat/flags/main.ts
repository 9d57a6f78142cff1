import { readFile, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { startDockerdSubject, startMobySubject, type Subject } from '../subject.ts'
import { compareFlags, makeSteps, type Step } from './compare-flags.ts'
import { judge, type Compared, type Judged } from './judge.ts'
import { readCommands } from './read-commands.ts'
import { reasons } from './reasons.ts'
import { renderTable } from './render-table.ts'
import { tally } from './tally.ts'

const root = join(import.meta.dirname, '../../..')
const table = join(root, 'docs/reference/compatibility.md')

/**
 * Compares every command of the docker CLI and their flags on a dockerd and an engine of its own; `wanted` are words of
 * the lines that are run, all unless given. Differences without a reason fail it. A whole run writes
 * docs/reference/compatibility.md, and fails as well by reasons that explain nothing and by commands and flags without
 * a case. Answers the exit code.
 */
export async function runFlags(wanted: readonly string[]): Promise<number> {
  const wrong = await run(wanted)
  for (const each of wrong) console.error(each)
  console.log(wrong.length === 0 ? 'Every difference has its reason' : `${wrong.length} are wrong`)
  return wrong.length === 0 ? 0 : 1
}

async function run(wanted: readonly string[]): Promise<string[]> {
  const commands = await readCommands()
  const steps = makeSteps(commands).filter(
    ({ about: { line } }) => wanted.length === 0 || wanted.some((each) => line.includes(each)),
  )
  const judged = (await observeAll(steps)).map((each) => judge(each, reasons))
  await mkdir(join(root, '.cache'), { recursive: true })
  await writeFile(join(root, '.cache/flags.json'), `${JSON.stringify(judged, null, 1)}\n`)
  const wrong = judged.flatMap(tellUnexplained)
  if (wanted.length > 0) return wrong
  const items = tally(commands, judged)
  const used = new Set(judged.flatMap((each) => each.differences.map(({ reason }) => reason)))
  wrong.push(
    ...items
      .filter(({ verdict }) => verdict === 'absent')
      .map(
        ({ command, flag }) =>
          `docker ${command} ${flag ?? ''}: no case exercises it; add one to test/compat/flags/cases`,
      ),
    ...reasons
      .filter((each) => !used.has(each))
      .map((each) => `The reason ${each.of} ${each.at} explains no difference any more: take it out of reasons.ts`),
  )
  const text = renderTable(items, judged, await clientVersion())
  const before = await readFile(table, 'utf8').catch(() => '')
  await writeFile(table, text)
  console.log(before === text ? 'compatibility.md stays as it was' : 'compatibility.md has been written')
  console.log(
    text
      .split('\n')
      .filter((each) => each.startsWith('|'))
      .slice(0, 9)
      .join('\n'),
  )
  return wrong
}

async function observeAll(steps: readonly Step[]): Promise<Compared[]> {
  const subjects: Subject[] = []
  try {
    const dockerd = await startDockerdSubject()
    subjects.push(dockerd)
    const moby = await startMobySubject()
    subjects.push(moby)
    await Promise.all(subjects.map((each) => each.loadBusybox()))
    return await compareFlags([dockerd, moby], steps)
  } finally {
    await Promise.all(subjects.map((each) => each.stop()))
  }
}

function tellUnexplained({ line, differences }: Judged): string[] {
  return differences
    .filter(({ reason }) => reason === undefined)
    .map(
      ({ path, expected, actual }) =>
        `docker ${line}\n  at ${path}\n  dockerd: ${brief(expected)}\n  moby:    ${brief(actual)}`,
    )
}

function brief(value: unknown): string {
  const text = value === undefined ? '(missing)' : JSON.stringify(value)
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}

async function clientVersion(): Promise<string> {
  const { stdout } = await execa('docker', ['--version'])
  return /version (\S+?),/.exec(stdout)?.[1] ?? stdout
}
