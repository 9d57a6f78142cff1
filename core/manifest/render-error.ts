import { isCodedError, type CodedError, type SourceSpan } from '@moby/contracts'
import { problemsOf } from './problems.ts'

const widest = 120

/**
 * An error as the terminal shows it: code and message, place, the line with a caret, hint. A user's
 * mistake never shows a stack; what is not a coded error is a defect, and shows one.
 */
export function renderError(error: unknown): string {
  if (!isCodedError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `error[INTERNAL]: ${text}\nhint: this is a defect of moby; please report it with the lines above\n`
  }
  const problems = problemsOf(error)
  const rendered = problems.map(renderOne)
  if (problems.length > 1) rendered.push(`${error.message}\n`)
  return rendered.join('\n')
}

function renderOne(error: CodedError): string {
  const lines = [`error[${error.code}]: ${error.message}`]
  if (error.span !== undefined) lines.push(...renderSpan(error.span))
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`)
  return `${lines.join('\n')}\n`
}

function renderSpan(span: SourceSpan): string[] {
  const number = String(span.line)
  const gutter = ' '.repeat(number.length)
  const start = span.column - 1
  // Of a very long line only the part around the caret is of use.
  const cut = start > widest / 2 ? start - widest / 2 : 0
  const text = span.text.slice(cut, cut + widest)
  const lead = text.slice(0, start - cut).replaceAll(/[^\t]/g, ' ')
  const carets = '^'.repeat(Math.max(1, Math.min(span.length, widest - (start - cut))))
  return [
    `${gutter}--> ${span.file}:${span.line}:${span.column}`,
    `${gutter} |`,
    `${number} | ${text}`,
    `${gutter} | ${lead}${carets}`,
  ]
}
