/** Upper bounds of the default buckets of Prometheus, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface HistogramSample {
  readonly labels: Record<string, string>
  /** How many observations were at most so long; the last bound is told as +Inf. */
  readonly buckets: { le: string; count: number }[]
  readonly sum: number
  readonly count: number
}

interface Series {
  readonly buckets: number[]
  sum: number
  count: number
}

/** Durations by the value of one label, as Prometheus counts them. */
export class Histogram {
  readonly #label: string
  readonly #series = new Map<string, Series>()

  /** `known` values are told from the beginning, so that a first observation is seen as one. An empty label is none. */
  constructor(label: string, known: readonly string[]) {
    this.#label = label
    for (const value of known) this.#of(value)
  }

  observe(value: string, seconds: number): void {
    const series = this.#of(value)
    series.sum += seconds
    series.count += 1
    const bucket = bounds.findIndex((bound) => seconds <= bound)
    if (bucket !== -1) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  samples(): HistogramSample[] {
    return [...this.#series].map(([value, { buckets, sum, count }]) => {
      let below = 0
      const told = bounds.map((bound, index) => ({ le: String(bound), count: (below += buckets[index] ?? 0) }))
      const labels: Record<string, string> = this.#label === '' ? {} : { [this.#label]: value }
      return { labels, buckets: [...told, { le: '+Inf', count }], sum, count }
    })
  }

  #of(value: string): Series {
    let series = this.#series.get(value)
    if (series === undefined) {
      series = { buckets: bounds.map(() => 0), sum: 0, count: 0 }
      this.#series.set(value, series)
    }
    return series
  }
}
