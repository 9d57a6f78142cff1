import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Judged } from './judge.ts'
import type { Command } from './read-commands.ts'
import { reasons } from './reasons.ts'
import { renderTable } from './render-table.ts'
import { tally } from './tally.ts'

const table = join(import.meta.dirname, '../../../docs/reference/compatibility.md')

/** Writes the table of a whole run, and answers what is wrong with it. */
export async function conclude(commands: readonly Command[], judged: readonly Judged[]): Promise<string[]> {
  const items = tally(commands, judged)
  const text = renderTable(items, judged, await clientVersion())
  const before = await readFile(table, 'utf8').catch(() => '')
  await writeFile(table, text)
  console.log(before === text ? 'compatibility.md stays as it was' : 'compatibility.md has been written')
  const rows = text.split('\n').filter((each) => each.startsWith('|'))
  console.log(rows.slice(0, 7).join('\n'))
  const used = new Set(judged.flatMap((each) => each.differences.map(({ reason }) => reason)))
  return [
    ...judged.flatMap(tellUnexplained),
    ...items
      .filter(({ verdict }) => verdict === 'absent')
      .map(
        ({ command, flag = '' }) =>
          `docker ${command} ${flag}: no case exercises it; add one to test/compat/flags/cases`,
      ),
    ...reasons
      .filter((each) => !used.has(each))
      .map((each) => `The reason ${each.of} ${each.at} explains no difference any more: take it out of reasons.ts`),
  ]
}

/** Differences that no reason explains. */
export function tellUnexplained({ line, differences }: Judged): string[] {
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
