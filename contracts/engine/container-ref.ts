import { Type } from 'typebox'

/** How a request names a container. */
export const ref = Type.String({
  minLength: 1,
  description: 'Id, unambiguous beginning of an id, or name (with or without slash)',
})

/** What fails when it names none or several. */
export const refErrors = ['CONTAINER_NOT_FOUND', 'CONTAINER_AMBIGUOUS'] as const
