import { codedError, CodedError, type SourceSpan } from '@moby/contracts'

/** Throws what was found: nothing for an empty list, the error itself for one, and one that carries all for several. */
export function throwProblems(subject: string, problems: readonly CodedError[]): void {
  const [first] = problems
  if (first === undefined) return
  if (problems.length === 1) throw first
  throw codedError('ASSEMBLY_PROBLEMS', `${subject} has ${problems.length} problems`, {
    cause: new AggregateError(problems),
    details: { codes: problems.map(({ code }) => code) },
  })
}

/** The single errors behind an error, itself when it stands alone. */
export function problemsOf(error: CodedError): readonly CodedError[] {
  return error.cause instanceof AggregateError ? (error.cause.errors as CodedError[]) : [error]
}

/** The same error, shown at a place in a file; a place that it has already is kept. */
export function atSpan(error: CodedError, span: SourceSpan): CodedError {
  if (error.span !== undefined) return error
  return new CodedError(error.code, error.message, {
    hint: error.hint,
    span,
    kind: error.kind,
    details: error.details,
    cause: error.cause,
  })
}
