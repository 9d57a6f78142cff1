import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { codedError } from '../errors/index.ts'
import { codecOf, NotBase64 } from './codec.ts'
import { parseJson } from './json.ts'

type Side = 'WIRE_REQUEST_INVALID' | 'WIRE_RESPONSE_INVALID'

const validators = new WeakMap<TSchema, Validator>()

/** JSON text of a value of the schema. */
export function writeMessage(schema: TSchema, value: unknown): Buffer {
  return Buffer.from(JSON.stringify(codecOf(schema).encode(value)))
}

/**
 * Reads a value of the schema from JSON text.
 * Fails with `side` as code; the message and `details.path` (a JSON pointer) name what is wrong.
 */
export function readMessage(schema: TSchema, bytes: Uint8Array, depth: number, side: Side, subject: string): unknown {
  return readValue(schema, parseJson(bytes, depth, side, subject), side, subject)
}

/** The same for text that was parsed already. */
export function readValue(schema: TSchema, value: unknown, side: Side, subject: string): unknown {
  const validator = validatorOf(schema)
  if (!validator.Check(value)) {
    const { path, problem } = explain(validator, value)
    throw codedError(side, `${subject}: ${path === '' ? 'the body' : path} ${problem}`, { details: { path } })
  }
  try {
    return codecOf(schema).decode(value)
  } catch (cause) {
    if (!(cause instanceof NotBase64)) throw cause
    throw codedError(side, `${subject}: ${cause.path} must be base64`, { details: { path: cause.path } })
  }
}

function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema)
  if (validator === undefined) {
    validator = Compile(schema) as Validator
    validators.set(schema, validator)
  }
  return validator
}

/** The deepest mismatch: in a union it is the one of the branch that was meant. */
function explain(validator: Validator, value: unknown): { path: string; problem: string } {
  const errors = validator.Errors(value)
  const unknownKey = errors.find(({ keyword }) => keyword === 'boolean')
  if (unknownKey !== undefined && errors.length <= 2) return { path: unknownKey.instancePath, problem: 'is not known' }
  const deepest = errors
    .filter(({ keyword }) => keyword !== 'boolean')
    .reduce((best, each) => (each.instancePath.length > best.instancePath.length ? each : best))
  return { path: deepest.instancePath, problem: deepest.message }
}
