import { isDeepStrictEqual } from 'node:util'
import type { AppliedSetting } from './apply-daemon-file.ts'
import type { EngineSettings } from './daemon-key.ts'
import type { KeyOutcome } from './translate.ts'

/** What became of each key, a line for each thing that it sets, in the order of the file. */
export function renderOutcomes({
  outcomes,
  applied,
}: {
  readonly outcomes: readonly KeyOutcome[]
  readonly applied: readonly AppliedSetting[]
  readonly engine: EngineSettings
}): string {
  const rows = outcomes.flatMap(({ key, outcome }) => {
    if (outcome.fate !== 'taken') return [[key, `${outcome.fate}: ${outcome.because}`] as const]
    const own = Object.entries(outcome.engine ?? {}).map(
      ([name, value]) => `the engine: ${name} ${JSON.stringify(value)}`,
    )
    const set = applied.filter((each) => each.key === key).map(describe)
    return [...own, ...set].map((text, index) => [index === 0 ? key : '', text] as const)
  })
  if (rows.length === 0) return 'It sets nothing\n'
  const width = Math.max(...rows.map(([key]) => key.length)) + 2
  return `${rows.map(([key, text]) => `${key.padEnd(width)}${text}`).join('\n')}\n`
}

function describe({ entry, path, value, before }: AppliedSetting): string {
  const was = before === undefined || isDeepStrictEqual(before, value) ? '' : ` (in place of ${JSON.stringify(before)})`
  return `${entry}: ${path.join('.')} ${JSON.stringify(value)}${was}`
}
