import type { Mutant } from './run-mutants.ts'

/** What the kit found and what it did not, as a page: a line for each driver, then every mutant that survived. */
export function renderMutants(results: ReadonlyMap<string, readonly Mutant[]>): string {
  const rows = [...results].map(([plugin, mutants]) => {
    const found = mutants.filter(isFound).length
    const lived = mutants.filter(hasSurvived).length
    const rate = found + lived === 0 ? '-' : `${((100 * found) / (found + lived)).toFixed(1)} %`
    return `| ${plugin} | ${found + lived} | ${found} | ${lived} | ${rate} |`
  })
  const survivors = [...results].flatMap(([plugin, mutants]) => {
    const lived = mutants.filter(hasSurvived)
    if (lived.length === 0) return []
    return ['', `## ${plugin}`, '', ...lived.map(tell)]
  })
  return [
    '# The strength of the conformance kit',
    '',
    'Written by `npm run mutants -- --write`. Every driver below is changed in one small place at a time (a condition turned',
    'round, a block emptied, a bound moved by one: mutants, made by a mutation testing library), and the cases of its',
    'contract run over each of these drivers, called directly. A mutant is found when a case fails or does not end. Words of',
    'errors, hints and the log are left out: they are no promise of a contract. Goal: 95 % found.',
    '',
    '| Driver | Mutants | Found | Survived | Rate |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '# Those that survived',
    '',
    'Each is a promise that no case holds, or a change that nobody can see from outside.',
    ...survivors,
    '',
  ].join('\n')
}

function isFound({ status }: Mutant): boolean {
  return ['Killed', 'Timeout', 'RuntimeError', 'CompileError'].includes(status)
}

function hasSurvived({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

function tell({ file, line, mutator, replacement }: Mutant): string {
  const words = replacement.replaceAll(/\s+/g, ' ').replaceAll('`', "'")
  return `- ${file}:${line} ${mutator}: \`${words.length > 100 ? `${words.slice(0, 100)}…` : words}\``
}
