import type { CaseResult, ConformReport } from './case-result.ts'

const words = { passed: 'ok', failed: 'FAILED', 'not-run': 'not run' } as const

/** One line for a case that has just ended. */
export function resultLine({ id, against, outcome, reason, ms }: CaseResult): string {
  const note = outcome === 'not-run' ? ` (${reason})` : outcome === 'failed' || ms >= 1_000 ? ` (${ms} ms)` : ''
  return `${words[outcome].padEnd(8)}${id}: ${against.promise}${note}\n`
}

/** What failed, each with the promise, the words of the contract and the way to see it again; then the counts. */
export function reportText(report: ConformReport): string {
  const failures = report.cases.filter(({ outcome }) => outcome === 'failed').map(failureText)
  const { component, version, mode, passed, failed, notRun } = report
  const skipped = notRun === 0 ? '' : `, ${notRun} not run`
  return `${failures.join('')}\n${component} ${version} as ${mode}: ${passed} passed, ${failed} failed${skipped}\n`
}

function failureText({ id, against, failure, again }: CaseResult): string {
  const { message = '', at, log = [], code } = failure ?? {}
  const lines = [
    '',
    `FAILED  ${id}`,
    `  promise   ${against.promise}`,
    `  contract  ${against.contract} ${against.version}`,
    ...against.methods.map(({ name, doc }) => `    ${name}: ${doc}`),
    `  what      ${code === undefined ? '' : `${code}: `}${indent(message)}`,
    ...(at === undefined ? [] : [`  check     ${at}`]),
    ...(log.length === 0 ? [] : ['  log', ...log.slice(-10).map((line) => `    ${line}`)]),
    `  again     ${again}`,
  ]
  return `${lines.join('\n')}\n`
}

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n            ')
}
