import { Compile, type Validator } from 'typebox/compile'
import type { Static, TSchema } from 'typebox'

/** One thing that is wrong with a document. */
export interface Problem {
  /** JSON pointer into the document; empty for the document itself. */
  readonly path: string
  readonly message: string
}

/** The answer of every validator: the typed value, or all that is wrong with it. Validators never throw. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** A rule that no JSON Schema can say. It runs only on values that the schema has accepted. */
export type Rule<T> = (value: T) => Iterable<Problem>

/**
 * Makes the validator of a document. The schema is compiled at the first call, so that importing the
 * package costs nothing for the documents that a program never reads.
 */
export function makeValidator<S extends TSchema>(
  schema: S,
  ...rules: readonly Rule<Static<S>>[]
): (value: unknown) => Checked<Static<S>> {
  let compiled: Validator | undefined
  return (value) => {
    compiled ??= Compile(schema)
    if (!compiled.Check(value)) {
      return {
        ok: false,
        problems: compiled.Errors(value).map(({ instancePath, message }) => ({ path: instancePath, message })),
      }
    }
    const accepted = value as Static<S>
    const problems = rules.flatMap((rule) => [...rule(accepted)])
    return problems.length === 0 ? { ok: true, value: accepted } : { ok: false, problems }
  }
}
