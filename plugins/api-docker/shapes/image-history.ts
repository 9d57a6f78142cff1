import { codedError, type Image } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'
import { secondsOf } from './image.ts'

interface HistoryEntry {
  readonly created?: string
  readonly created_by?: string
  readonly comment?: string
  readonly empty_layer?: boolean
}

/**
 * GET /images/{name}/history: steps, newest first, each with the size of its layer. The newest has the id of the image,
 * and those before it the ids of the images that it was made of here. Fails with IMAGE_INVALID when the history tells
 * of more layers than there are.
 */
export function imageHistoryShape(image: Image, ancestors: readonly Image[]): Record<string, unknown>[] {
  const sizes = image.layerSizes.values()
  const steps = (image.history as readonly HistoryEntry[]).map((step) => ({
    step,
    size: step.empty_layer === true ? '0' : nextSize(sizes, image),
  }))
  const known = [image, ...ancestors]
  return steps.toReversed().map(({ step, size }, at) => {
    const { id, tags } = known[at] ?? { id: '<missing>', tags: [] }
    return {
      Comment: step.comment ?? '',
      Created: secondsOf(step.created ?? ''),
      CreatedBy: step.created_by ?? '',
      Id: id,
      Size: exactNumber(size),
      Tags: tags.length === 0 ? null : tags,
    }
  })
}

function nextSize(sizes: Iterator<string>, { id }: Image): string {
  const { done, value } = sizes.next()
  if (done !== true) return value
  throw codedError('IMAGE_INVALID', 'too many non-empty layers in History section', { details: { id } })
}
