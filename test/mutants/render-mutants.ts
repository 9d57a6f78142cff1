import { basename } from 'node:path'
import type { Mutant } from './mutant-report.ts'
import type { Equivalent } from './read-equivalents.ts'

/** What is written of one driver. */
export interface Section {
  readonly plugin: string
  /** Its line of the table. */
  readonly row: string
  readonly text: string
  /** Entries of the list of equivalent mutants that no living mutant fits. */
  readonly stale: readonly string[]
}

const head = `# The strength of the conformance kit

Written by \`npm run mutants\`. Every driver below is changed in one small place at a time (a condition turned round, a
block emptied, a bound moved by one: mutants, made by a mutation testing library), and the cases of its contract run over
each of these drivers, called directly. A mutant is found when a case fails or does not end. Those that the kit does not
find are tried by the driver's own unit tests: a contract does not promise where a driver keeps its files, or how it reads
its configuration. Words of errors, hints and the log are left out: they are no promise.

A mutant that nobody could tell from the driver as it is, from outside, is equivalent. Those are listed with the reason in
\`test/mutants/equivalent\` and counted apart; the rates are of the others. Goal: 95 % found.

| Driver | Mutants | Equivalent | Found by the kit | With unit tests | Survived |
|---|---|---|---|---|---|
`

/**
 * The results of one driver: figures, what lives, what only its unit tests find, what is equivalent and why. After a run
 * of the kit alone nothing is said of its unit tests.
 */
export function renderMutants(
  plugin: string,
  mutants: readonly Mutant[],
  equivalents: readonly Equivalent[],
  { kitAlone = false, oneIn = 1 }: { readonly kitAlone?: boolean; readonly oneIn?: number } = {},
): Section {
  const living = mutants.filter(({ foundBy }) => foundBy === undefined)
  const same = living.filter((each) => equivalents.some((entry) => fits(entry, each)))
  const survived = living.filter((each) => !same.includes(each))
  const byUnit = mutants.filter(({ foundBy }) => foundBy === 'unit')
  const total = mutants.length - same.length
  const byKit = mutants.filter(({ foundBy }) => foundBy === 'kit').length
  const both = kitAlone ? ['not measured', '-'] : [share(total - survived.length, total), survived.length]
  const all = oneIn > 1 ? `${total + same.length}, one in ${oneIn}` : total + same.length
  const figures = [all, same.length, share(byKit, total), ...both]
  const stale = equivalents.flatMap((entry) =>
    entry.becomes
      .filter((becomes) => !living.some((each) => fits({ ...entry, becomes: [becomes] }, each)))
      .map((becomes) => `${entry.file}: ${entry.at} → ${becomes}`),
  )
  return {
    plugin,
    row: `| [${plugin}](#${plugin}) | ${figures.join(' | ')} |`,
    text: [
      `## ${plugin}`,
      ...(oneIn > 1 ? ['', `A sample: one mutant in ${oneIn}, chosen by a hash of its place and change.`] : []),
      ...(kitAlone
        ? list('Not found by the kit; its unit tests were not asked:', byFile(survived))
        : list('Survived, each a promise that no test holds:', survived.map(tell))),
      ...list('Found by unit tests alone:', byFile(byUnit)),
      ...list('Equivalent:', tellReasons(same, equivalents)),
    ].join('\n'),
    stale,
  }
}

/** The page with one driver's line and section put in place of those that it has, or added. */
export function mergePage(page: string, { plugin, row, text }: Section): string {
  const rows = new Map([...page.matchAll(/^\| \[([\w-]+)\]\(.*$/gm)].map(([line, name = '']) => [name, line]))
  const sections = new Map(
    page
      .split(/^(?=## )/m)
      .slice(1)
      .map((section) => [/^## (.*)$/m.exec(section)?.[1] ?? '', section.trim()]),
  )
  rows.set(plugin, row)
  sections.set(plugin, text)
  const sorted = (map: ReadonlyMap<string, string>): string[] =>
    [...map].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value)
  return `${head}${sorted(rows).join('\n')}\n\n${sorted(sections).join('\n\n')}\n`
}

function fits(entry: Equivalent, { file, at, was, becomes }: Mutant): boolean {
  return (
    basename(file) === entry.file &&
    at === entry.at &&
    entry.becomes.includes(becomes) &&
    (entry.was === undefined || entry.was === was)
  )
}

function share(found: number, total: number): string {
  return total === 0 ? '-' : `${found} (${((100 * found) / total).toFixed(1)} %)`
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', title, '', ...items]
}

function tell({ file, line, mutator, was, becomes }: Mutant): string {
  return `- ${basename(file)}:${line} ${mutator}: ${code(was)} → ${code(becomes)}`
}

function byFile(mutants: readonly Mutant[]): string[] {
  const lines = new Map<string, number[]>()
  for (const { file, line } of mutants) lines.set(basename(file), [...(lines.get(basename(file)) ?? []), line])
  return [...lines].map(([file, all]) => {
    return `- ${file}: ${all.length}, in the lines ${[...new Set(all)].toSorted((a, b) => a - b).join(', ')}`
  })
}

function tellReasons(same: readonly Mutant[], equivalents: readonly Equivalent[]): string[] {
  return equivalents.flatMap((entry) => {
    const lines = same.filter((each) => fits(entry, each))
    if (lines.length === 0) return []
    const [{ file, line }] = lines as [Mutant]
    return [`- ${basename(file)}:${line} ${lines.map(({ becomes }) => code(becomes)).join(', ')}: ${entry.why}`]
  })
}

function code(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text
  const quoted = short === '' ? 'nothing' : short.replaceAll('`', "'")
  return `\`${quoted}\``
}
