import type { Static } from 'typebox'
import { Bytes, OneOf, Open } from '../component/schemas.ts'

/** A piece of output. */
export const OutputChunk = Open({ stream: OneOf(['stdout', 'stderr']), data: Bytes('As it was written') })
export type OutputChunk = Static<typeof OutputChunk>
