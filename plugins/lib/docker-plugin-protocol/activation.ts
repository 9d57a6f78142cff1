import { list, shape, text } from './shape.ts'

/** Answer of `POST /Plugin.Activate`. */
export const Activation = shape({ Implements: list(text(256)) })
