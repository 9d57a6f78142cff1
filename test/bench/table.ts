import { summarize, takeTurns, type Figures } from './measure.ts'

/** One quantity, measured for the engine and for its peers in the same run. */
export interface Row {
  readonly title: string
  readonly unit: 'ms' | 'µs' | 'requests/s' | 'MiB'
  readonly figures: Readonly<Record<string, Figures>>
  /** Contenders that could not do it, with what they said. */
  readonly failures?: Readonly<Record<string, string>>
}

/** Name of the engine among the contenders. */
export const own = 'moby'

/** The rows so far; each is told as soon as it is measured. */
export class Table {
  readonly rows: Row[] = []

  /** A row of contenders that take turns, each with the work that measures it once. */
  async compare(
    title: string,
    unit: Row['unit'],
    work: ReadonlyMap<string, () => Promise<number>>,
    runs: number,
  ): Promise<Row> {
    return this.#add({ title, unit, ...(await takeTurns(work, runs)) })
  }

  /** A row of single values. */
  note(title: string, unit: Row['unit'], values: Readonly<Record<string, number>>): void {
    const figures = Object.entries(values).map(([name, value]) => [name, summarize([value])] as const)
    this.#add({ title, unit, figures: Object.fromEntries(figures) })
  }

  #add(row: Row): Row {
    this.rows.push(row)
    console.log(formatTable([row]))
    return row
  }
}

/** A row a quantity: medians, and what the engine's is divided by each peer's. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map(({ title, unit, figures, failures = {} }) => {
    const mine = figures[own]?.median
    const cells = Object.entries(figures).map(([name, each]) => {
      const ratio = name === own || mine === undefined ? '' : ` (ratio ${(mine / each.median).toFixed(2)})`
      const range = each.runs > 1 ? ` [${each.min.toFixed(1)}..${each.max.toFixed(1)}]` : ''
      return `${name} ${each.median.toFixed(1)}${range}${ratio}`
    })
    const failed = Object.entries(failures).map(([name, said]) => `${name} FAILED: ${said.replaceAll(/\s+/g, ' ')}`)
    return `${title} (${unit}): ${[...cells, ...failed].join(' · ')}`
  })
  return lines.join('\n')
}
