import type { ErrorCode } from './table.ts'
import { kindOfCode, type ErrorKind } from './table.ts'

const mark = Symbol.for('moby.coded-error')

/** A place in a file that a user wrote: lines and columns count from 1, `text` is the whole line. */
export interface SourceSpan {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Characters to underline, at least 1. */
  readonly length: number
  readonly text: string
}

export interface CodedErrorOptions {
  /** What the reader can do about it, as one sentence. */
  readonly hint?: string | undefined
  readonly span?: SourceSpan | undefined
  readonly cause?: unknown
  /** Facts for machines: the object's name, the driver's name, numbers. Plain JSON. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** Only for codes that are not in the table: those of components from elsewhere. */
  readonly kind?: ErrorKind | undefined
}

/**
 * The only error that crosses a component's boundary. The message names the object and the cause,
 * the hint names the remedy. It is recognised by a mark and a string code, never by `instanceof`,
 * because a component from outside the workspace carries its own copy of this class.
 */
export class CodedError extends Error {
  readonly [mark] = true
  readonly code: string
  readonly kind: ErrorKind
  readonly hint: string | undefined
  readonly span: SourceSpan | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CodedError'
    this.code = code
    this.kind = options.kind ?? kindOfCode(code) ?? 'internal'
    this.hint = options.hint
    this.span = options.span
    this.details = options.details
  }
}

/** Makes a coded error whose code stands in the table, so that its kind and meaning are known. */
export function codedError(code: ErrorCode, message: string, options: CodedErrorOptions = {}): CodedError {
  return new CodedError(code, message, options)
}

/** True for a coded error of any copy of this package. */
export function isCodedError(value: unknown): value is CodedError {
  return typeof value === 'object' && value !== null && (value as { [mark]?: unknown })[mark] === true
}

/** True when `value` is a coded error with one of these codes. */
export function hasCode(value: unknown, ...codes: ErrorCode[]): value is CodedError {
  return isCodedError(value) && (codes as string[]).includes(value.code)
}
