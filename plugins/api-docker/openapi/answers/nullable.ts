import type { JsonSchema } from '../../wire/decode.ts'
import { orNull } from './schema.ts'

/** The schema of a request as an answer has it: known keys only, and null for what nobody gave, at every depth. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, ...rest } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly items?: JsonSchema
    readonly additionalProperties?: JsonSchema
  }
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, orNull(nullable(of))])),
          additionalProperties: false,
        }),
    ...(items === undefined ? {} : { items: nullable(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: orNull(nullable(additionalProperties)) }),
  }
}
