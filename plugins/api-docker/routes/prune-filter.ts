import type { Filters } from '../wire/filters.ts'
import { readMoment, writeRfc3339 } from '../wire/moment.ts'

interface LabelFilter {
  readonly labels?: string[]
  readonly notLabels?: string[]
}

/** All of them, as a prune of the engine takes them. */
export function pruneFilter(filters: Filters): LabelFilter & { readonly createdBefore?: string } {
  const until = filters.one('until')
  const moment = until === undefined ? undefined : readMoment(until)
  return { ...(moment === undefined ? {} : { createdBefore: writeRfc3339(moment) }), ...labelFilter(filters) }
}

/** The ones by label alone: age does not count for volumes. */
export function labelFilter(filters: Filters): LabelFilter {
  const labels = filters.maybe('label')
  const notLabels = filters.maybe('label!')
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(notLabels === undefined ? {} : { notLabels }),
  }
}
