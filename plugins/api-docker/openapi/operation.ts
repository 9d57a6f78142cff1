import type { JsonSchema } from '../wire/decode.ts'

/** One value of the query; of a key that may be given several times, each of them. */
export interface Parameter {
  readonly schema: JsonSchema
  readonly description: string
  /** Minor number of the version that brought it. */
  readonly since?: number
}

/** What an answer of one status carries. Exactly one of the kinds, or none for an empty one. */
export interface Answer {
  readonly description: string
  readonly json?: JsonSchema
  /** JSON objects, one a line. */
  readonly lines?: JsonSchema
  /** Anything else, by its media type. */
  readonly bytes?: string
}

/** An operation of the API as the document tells it. Errors are told once for all. */
export interface Operation {
  /** Unique; the names that Docker's own document gave them, on which generated clients build. */
  readonly id: string
  readonly summary: string
  readonly query?: Readonly<Record<string, Parameter>>
  /** Keys of `filters`, a JSON object of keys with sets of values. */
  readonly filters?: readonly string[]
  /** JSON, or the media type of bytes. */
  readonly body?: JsonSchema | string
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
}

/** By method and path, as the route has them: `GET /containers/json`. */
export type Operations = Readonly<Record<string, Operation>>

export function flagOf(description: string, since?: number): Parameter {
  return { schema: { type: 'boolean' }, description, ...(since === undefined ? {} : { since }) }
}

export function textOf(description: string, since?: number): Parameter {
  return { schema: { type: 'string' }, description, ...(since === undefined ? {} : { since }) }
}

export function integerOf(description: string, since?: number): Parameter {
  return { schema: { type: 'integer' }, description, ...(since === undefined ? {} : { since }) }
}

/** A key that may be given several times. */
export function textsOf(description: string, since?: number): Parameter {
  return {
    schema: { type: 'array', items: { type: 'string' } },
    description,
    ...(since === undefined ? {} : { since }),
  }
}

export function answer(json: JsonSchema, description: string): Answer {
  return { json, description }
}

export function lines(schema: JsonSchema, description: string): Answer {
  return { lines: schema, description }
}

export function done(description: string): Answer {
  return { description }
}

/** Both streams of output, each piece after a head of 8 bytes, or the bytes of the terminal. */
export const output: Answer = {
  bytes: 'application/vnd.docker.multiplexed-stream',
  description:
    'Output. Without a terminal each piece stands after a head of 8 bytes: the stream (0 input, 1 output, 2 errors), three zero bytes, and the number of bytes, big-endian. With a terminal the bytes come as they are, as application/vnd.docker.raw-stream.',
}

/** Both ways at once, for attach and exec. */
export const raw: Answer = {
  ...output,
  description: `After the upgrade, or at once for a client that asks for none: ${output.description}`,
}

/** The size of a terminal in characters. */
export const terminalSize = { h: integerOf('Rows'), w: integerOf('Columns') }
