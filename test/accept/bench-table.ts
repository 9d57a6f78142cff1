import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Row } from '../bench/table.ts'

const root = join(import.meta.dirname, '../..')

/** A row in which others must have figures than in the rest. */
export interface RowWish {
  readonly title: string
  readonly contenders: readonly string[]
}

export interface BenchWish {
  /** Groups of rows; all unless given. */
  readonly groups?: readonly string[]
  /** Each must have figures in some row. */
  readonly contenders: readonly string[]
  /** Beginnings of titles that must be in the table, with figures of the first contender and of each other. */
  readonly rows?: readonly (string | RowWish)[]
}

/** Runs the bench and insists on the rows and on who is in them. What the figures say is for a reader to judge. */
export async function showBench({ groups = [], contenders, rows: wanted = [] }: BenchWish): Promise<string> {
  await execa(join(root, 'node_modules/.bin/node'), ['test/bench/main.ts', ...groups], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const { rows } = JSON.parse(await readFile(join(root, '.cache/bench.json'), 'utf8')) as { rows: readonly Row[] }
  const seen = new Set(rows.flatMap(({ figures }) => Object.keys(figures)))
  for (const name of contenders) if (!seen.has(name)) throw new Error(`the table has no figures of ${name}`)
  for (const wish of wanted) {
    const { title, contenders: inRow } = typeof wish === 'string' ? { title: wish, contenders } : wish
    const row = rows.find((each) => each.title.startsWith(title))
    if (row === undefined) throw new Error(`the table has no row ${title}`)
    for (const name of inRow)
      if (row.figures[name] === undefined) throw new Error(`the row ${title} has no figures of ${name}`)
  }
  return `${rows.length} rows with ${[...seen].join(', ')}`
}
