import { Type } from 'typebox'
import { Maybe, Open } from '../component/schemas.ts'
import { CodedError, codedError, errorKinds, isCodedError, kindOfCode, type ErrorKind } from '../errors/index.ts'
import { readValue } from './message.ts'

/** An error as it crosses the wire: the body of every answer whose status is not 200, and of a stream's status frame. */
export const ErrorEnvelope = Open({
  error: Open({
    code: Type.String({ description: 'Of the error table, or of the component itself' }),
    kind: Type.String({ description: 'What it means to a caller, whatever its code' }),
    message: Type.String({ description: 'Names the object and the cause' }),
    hint: Maybe(Type.String({ description: 'Names the remedy' })),
    details: Maybe(Type.Record(Type.String(), Type.Unknown(), { description: 'Facts for machines' })),
  }),
})

/** What an error looks like to the peer. Stacks and causes stay at home: what is not coded is WIRE_INTERNAL there. */
export function toEnvelope(error: unknown): { status: number; body: { error: Record<string, unknown> } } {
  const coded = isCodedError(error) ? error : codedError('WIRE_INTERNAL', messageOf(error))
  const kind = knownKind(coded.kind)
  return {
    status: errorKinds[kind],
    body: {
      error: {
        code: coded.code,
        kind,
        message: coded.message,
        ...(coded.hint === undefined ? {} : { hint: coded.hint }),
        ...(isPlain(coded.details) ? { details: coded.details } : {}),
      },
    },
  }
}

/** The error that an envelope holds. A code of the table keeps the table's kind, another keeps the peer's. */
export function fromEnvelope(value: unknown, subject: string): CodedError {
  try {
    const { error } = readValue(ErrorEnvelope, value, 'WIRE_RESPONSE_INVALID', subject) as {
      error: { code: string; kind: string; message: string; hint?: string; details?: Record<string, unknown> }
    }
    return new CodedError(error.code, error.message, {
      kind: kindOfCode(error.code) ?? knownKind(error.kind),
      hint: error.hint,
      details: error.details,
    })
  } catch (invalid) {
    return invalid as CodedError
  }
}

function knownKind(kind: string): ErrorKind {
  return Object.hasOwn(errorKinds, kind) ? (kind as ErrorKind) : 'internal'
}

/** Details come from a component, which may have put anything there. */
function isPlain(details: unknown): boolean {
  if (details === undefined) return false
  try {
    return JSON.stringify(details) !== undefined
  } catch {
    return false
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
