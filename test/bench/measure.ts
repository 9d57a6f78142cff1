/** Figures of one quantity over several runs. */
export interface Figures {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly runs: number
}

export function summarize(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    min: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    runs: sorted.length,
  }
}

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export interface Turns {
  readonly figures: Readonly<Record<string, Figures>>
  /** Contenders that failed, with what they said: they have no figures. */
  readonly failures: Readonly<Record<string, string>>
}

/**
 * Runs the contenders in turn, A B C A B C, after one warm-up each, so that a machine whose speed
 * drifts is the same machine for all of them.
 */
export async function takeTurns(contenders: ReadonlyMap<string, () => Promise<number>>, runs: number): Promise<Turns> {
  const values = new Map<string, number[]>([...contenders.keys()].map((name): [string, number[]] => [name, []]))
  const failures = new Map<string, string>()
  for (let run = -1; run < runs; run += 1) {
    for (const [name, work] of contenders) {
      if (failures.has(name)) continue
      try {
        const value = await work()
        if (run >= 0) values.get(name)?.push(value)
      } catch (error) {
        failures.set(name, error instanceof Error ? error.message : String(error))
        values.delete(name)
      }
    }
  }
  return {
    figures: Object.fromEntries([...values].map(([name, all]): [string, Figures] => [name, summarize(all)])),
    failures: Object.fromEntries(failures),
  }
}
