import { Type, type Static } from 'typebox'
import { OrNull, Strings } from '../schemas.ts'
import { makeValidator } from '../validator.ts'

/** Answer of `GET /v2/<name>/tags/list` (distribution-spec, "Listing Tags"). Null is a repository without tags. */
export const TagList = Type.Object({ name: Type.String(), tags: OrNull(Strings) })
export type TagList = Static<typeof TagList>

export const validateTagList = makeValidator(TagList)
