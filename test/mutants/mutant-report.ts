import { nameOf, unitTests } from './kit-runner.ts'
import { isChosen } from './sample.ts'

/** One small change, and what found it. */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** `1:4-1:9`, as the mutation testing library takes it. */
  readonly place: string
  /** `ConditionalExpression` and the like. */
  readonly mutator: string
  /** The whole line on which it begins, without spaces around. */
  readonly at: string
  /** What was there. */
  readonly was: string
  readonly becomes: string
  /** The conformance kit, the driver's own unit tests, or nothing. */
  readonly foundBy: 'kit' | 'unit' | undefined
}

/** What is known of a driver's mutants. */
export interface MutantReport {
  readonly mutants: readonly Mutant[]
  /** The files as they were, by path. */
  readonly sources: Readonly<Record<string, string>>
  /** They are a sample: one in so many. */
  readonly oneIn: number
}

/** Reads a report of the mutation testing library (mutation-testing-report-schema 3) on a sample of one in so many. */
export function readReport(text: string, oneIn = 1): MutantReport {
  const { files, testFiles = {} } = JSON.parse(text) as Report
  const names = new Map(Object.values(testFiles).flatMap(({ tests }) => tests.map(({ id, name }) => [id, name])))
  const mutants = Object.entries(files).flatMap(([file, { source, mutants: all }]) =>
    all.flatMap(({ location, mutatorName, replacement = '', status, killedBy = [] }): Mutant[] => {
      if (status === 'Ignored' || status === 'CompileError') return []
      const { start, end } = location
      const begin = { line: start.line - 1, column: start.column - 1 }
      if (!isChosen(nameOf({ fileName: file, location: { start: begin }, mutatorName, replacement }), oneIn)) return []
      const isFound = status !== 'Survived' && status !== 'NoCoverage'
      const isUnit = killedBy.some((id) => (names.get(id) ?? id) === unitTests)
      return [
        {
          file,
          line: start.line,
          place: `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
          mutator: mutatorName,
          at: (source.split('\n')[start.line - 1] ?? '').trim(),
          was: cut(source, location),
          becomes: flat(replacement),
          foundBy: isFound ? (isUnit ? 'unit' : 'kit') : undefined,
        },
      ]
    }),
  )
  const sources = Object.fromEntries(Object.entries(files).map(([file, { source }]) => [file, source]))
  return { mutants, sources, oneIn }
}

/** What is newer stands for what is older of the same file and place; files that have changed count anew as a whole. */
export function mergeReports(older: MutantReport, newer: MutantReport): MutantReport {
  const isSame = (file: string): boolean =>
    newer.sources[file] === undefined || newer.sources[file] === older.sources[file]
  const seen = new Set(newer.mutants.map(keyOf))
  return {
    mutants: [...older.mutants.filter((each) => isSame(each.file) && !seen.has(keyOf(each))), ...newer.mutants],
    sources: { ...older.sources, ...newer.sources },
    oneIn: older.oneIn,
  }
}

function keyOf({ file, place, mutator, becomes }: Mutant): string {
  return [file, place, mutator, becomes].join('\n')
}

interface Place {
  readonly line: number
  readonly column: number
}

interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string
        readonly mutants: readonly {
          readonly location: { readonly start: Place; readonly end: Place }
          readonly mutatorName: string
          readonly replacement?: string
          readonly status: string
          readonly killedBy?: readonly string[]
        }[]
      }
    >
  >
  readonly testFiles?: Readonly<
    Record<string, { readonly tests: readonly { readonly id: string; readonly name: string }[] }>
  >
}

function cut(source: string, { start, end }: { readonly start: Place; readonly end: Place }): string {
  const lines = source.split('\n')
  const offset = ({ line, column }: Place): number =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
  return flat(source.slice(offset(start), offset(end)))
}

/** In one line. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
