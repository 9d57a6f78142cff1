import { describe, expect, it } from 'vitest'
import { mergeReports, readReport, type Mutant } from './mutant-report.ts'
import { mergePage, renderMutants } from './render-mutants.ts'

const mutant: Mutant = {
  file: 'plugins/a/x.ts',
  line: 1,
  place: '1:0-1:4',
  mutator: 'ConditionalExpression',
  at: 'if (full) return',
  was: 'full',
  becomes: 'true',
  foundBy: undefined,
}
const mutants = [
  mutant,
  { ...mutant, becomes: 'false' },
  { ...mutant, line: 7, foundBy: 'unit' as const },
  { ...mutant, foundBy: 'kit' as const },
  { ...mutant, foundBy: 'kit' as const },
]
const equivalent = { file: 'x.ts', at: mutant.at, becomes: ['true'], why: 'an empty loop ends at once' }

describe('the report on mutants', () => {
  it('tells two rates of those that are not equivalent, and every one that lives', () => {
    const { row, text, stale } = renderMutants('a', mutants, [equivalent])
    expect(row).toBe('| [a](#a) | 5 | 1 | 2 (50.0 %) | 3 (75.0 %) | 1 |')
    expect(text).toContain('- x.ts:1 ConditionalExpression: `full` → `false`')
    expect(text).toContain('- x.ts: 1, in the lines 7')
    expect(text).toContain('- x.ts:1 `true`: an empty loop ends at once')
    expect(stale).toEqual([])
  })

  it('says nothing of unit tests that were not asked', () => {
    const { row, text } = renderMutants('a', mutants, [], { kitAlone: true })
    expect(row).toBe('| [a](#a) | 5 | 0 | 2 (40.0 %) | not measured | - |')
    expect(text).toContain('Not found by the kit')
    expect(text).not.toContain('Survived')
  })

  it('says that it is a sample', () => {
    const { row, text } = renderMutants('a', mutants, [], { oneIn: 10 })
    expect(row).toBe('| [a](#a) | 5, one in 10 | 0 | 2 (40.0 %) | 3 (60.0 %) | 2 |')
    expect(text).toContain('A sample: one mutant in 10')
  })

  it('tells entries for mutants that are found or not there', () => {
    const found = mutants.map((each) => ({ ...each, foundBy: 'kit' as const }))
    expect(renderMutants('a', found, [equivalent]).stale).toEqual(['x.ts: if (full) return → true'])
  })

  it('replaces the section of its driver alone', () => {
    const section = (plugin: string, count: number) => renderMutants(plugin, mutants.slice(count), [])
    const page = mergePage(mergePage('', section('b', 0)), section('a', 0))
    const again = mergePage(page, section('a', 4))
    expect(again).toBe(mergePage(mergePage('', section('a', 4)), section('b', 0)))
    expect(again).toContain(section('b', 0).row)
    expect(again).not.toContain(section('a', 0).row)
  })
})

describe('the reports of two runs', () => {
  const report = (status: string, killedBy: readonly string[], source = 'a\nif (b) c\n') =>
    readReport(
      JSON.stringify({
        files: {
          'x.ts': {
            source,
            mutants: [
              {
                location: { start: { line: 2, column: 5 }, end: { line: 2, column: 6 } },
                mutatorName: 'M',
                replacement: '!\n b',
                status,
                killedBy,
              },
            ],
          },
        },
        testFiles: { '': { tests: [{ id: '0', name: 'unit' }] } },
      }),
    )

  it('are read with what was there and what found it', () => {
    expect(report('Killed', ['0']).mutants).toEqual([
      {
        file: 'x.ts',
        line: 2,
        place: '2:4-2:5',
        mutator: 'M',
        at: 'if (b) c',
        was: 'b',
        becomes: '! b',
        foundBy: 'unit',
      },
    ])
    expect(report('Timeout', []).mutants[0]?.foundBy).toBe('kit')
    expect(report('Survived', []).mutants[0]?.foundBy).toBeUndefined()
  })

  it('are one: the newer stands for the older, and a changed file counts anew', () => {
    const merged = mergeReports(report('Survived', []), report('Killed', ['5']))
    expect(merged.mutants.map(({ foundBy }) => foundBy)).toEqual(['kit'])
    const other = { ...report('Killed', ['5'], 'if (b) c\nif (b) c\n'), mutants: [] }
    expect(mergeReports(report('Survived', []), other).mutants).toEqual([])
  })
})
