import type { Figures } from './measure.ts'

/** One quantity, measured for the engine and for its peers in the same run. */
export interface Row {
  readonly title: string
  readonly unit: 'ms' | 'requests/s' | 'MiB'
  readonly figures: Readonly<Record<string, Figures>>
}

/** Name of the engine among the contenders. */
export const own = 'moby'

/** A row a quantity: medians, and what the engine's is divided by each peer's. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map(({ title, unit, figures }) => {
    const mine = figures[own]?.median
    const cells = Object.entries(figures).map(([name, each]) => {
      const ratio = name === own || mine === undefined ? '' : ` (ratio ${(mine / each.median).toFixed(2)})`
      return `${name} ${each.median.toFixed(1)} [${each.min.toFixed(1)}..${each.max.toFixed(1)}]${ratio}`
    })
    return `${title} (${unit}): ${cells.join(' · ')}`
  })
  return lines.join('\n')
}
