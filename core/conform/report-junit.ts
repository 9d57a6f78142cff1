import type { CaseResult, ConformReport } from './case-result.ts'

/** The report as JUnit XML: a suite for each contract. */
export function reportJunit(report: ConformReport): string {
  const contracts = [...new Set(report.cases.map(({ against }) => against.contract))]
  const suites = contracts.map((contract) =>
    suite(
      report,
      contract,
      report.cases.filter(({ against }) => against.contract === contract),
    ),
  )
  const { passed, failed, notRun } = report
  const counts = `tests="${passed + failed + notRun}" failures="${failed}" skipped="${notRun}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${suites.join('')}</testsuites>\n`
}

function suite(report: ConformReport, contract: string, cases: readonly CaseResult[]): string {
  const of = (outcome: CaseResult['outcome']) => cases.filter((each) => each.outcome === outcome).length
  const head = [
    `name="${escape(contract)}"`,
    `tests="${cases.length}" failures="${of('failed')}" skipped="${of('not-run')}"`,
    `time="${seconds(cases.reduce((sum, { ms }) => sum + ms, 0))}" timestamp="${report.at}"`,
  ]
  const properties = { component: report.component, version: report.version, mode: report.mode }
  const facts = Object.entries(properties).map(
    ([name, value]) => `      <property name="${name}" value="${escape(value)}"/>\n`,
  )
  return `  <testsuite ${head.join(' ')}>\n    <properties>\n${facts.join('')}    </properties>\n${cases.map(testcase).join('')}  </testsuite>\n`
}

function testcase({ id, against, outcome, reason, failure, again, ms }: CaseResult): string {
  const head = `    <testcase classname="${escape(against.contract)}" name="${escape(`${id}: ${against.promise}`)}" time="${seconds(ms)}"`
  if (outcome === 'passed') return `${head}/>\n`
  if (outcome === 'not-run') return `${head}>\n      <skipped message="${escape(reason ?? '')}"/>\n    </testcase>\n`
  const words = against.methods.map(({ name, doc }) => `${against.contract} ${against.version} ${name}: ${doc}`)
  const body = [failure?.message ?? '', ...words, `again: ${again}`, ...(failure?.log ?? [])].join('\n')
  const first = (failure?.message ?? '').split('\n')[0] ?? ''
  return `${head}>\n      <failure message="${escape(first)}">${escape(body)}</failure>\n    </testcase>\n`
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}

/** XML 1.0 has no way to write most control characters. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
