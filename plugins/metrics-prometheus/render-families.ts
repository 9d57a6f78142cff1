import type { EngineMetrics } from '@moby/contracts'

export type Family = EngineMetrics['families'][number]

/** The text format of Prometheus, version 0.0.4; families in the order of their names, as its clients write them. */
export function renderFamilies(families: readonly Family[]): string {
  return families
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(renderFamily)
    .join('')
}

function renderFamily({ name, help, type, samples, histograms = [] }: Family): string {
  const lines = [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value }) => line(name, labels, value)),
    ...histograms.flatMap(({ labels, buckets, sum, count }) => [
      ...buckets.map(({ le, count: below }) => line(`${name}_bucket`, { ...labels, le }, below)),
      line(`${name}_sum`, labels, sum),
      line(`${name}_count`, labels, count),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
