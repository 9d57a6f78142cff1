import { fields, list, text, texts } from '../wire/decode.ts'

/** Body of POST /plugins/pull and upgrade: what is allowed. */
export const Privileges = list(fields({ Name: text, Description: text, Value: texts }))
