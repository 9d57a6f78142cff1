import type { Progress } from '@moby/contracts'

/** One step of a long operation on images, in Docker's form. */
export function progressShape(item: Progress): Record<string, unknown> {
  const { status, id, current, total, stream, aux } = item
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(status === undefined ? {} : { status }),
    ...(hasDetail(item) ? { progressDetail: detailOf(current, total) } : {}),
    ...(id === undefined ? {} : { id }),
    ...(aux === undefined ? {} : { aux }),
  }
}

/** Docker writes the detail, empty, with every word about one thing, and without it what is said of a tag. */
function hasDetail({ status, id, current, total }: Progress): boolean {
  if (current !== undefined || total !== undefined) return true
  return status !== undefined && id !== undefined && !status.startsWith('Pulling from ')
}

function detailOf(current: number | undefined, total: number | undefined): Record<string, number> {
  return { ...(current === undefined ? {} : { current }), ...(total === undefined ? {} : { total }) }
}
