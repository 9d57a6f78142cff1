import { statAt } from '@moby/lib-linux/files'
import type { TreeChange } from './change.ts'
import { hasSameAttributes } from './same-attributes.ts'

/**
 * The change of the root itself, where it has another owner, other permissions or other attributes than in the base.
 * Its time does not count: it tells that something was added or removed, which the changes say themselves.
 */
export function* changedRoot(root: number, base: number | undefined): Generator<TreeChange, void> {
  const status = statAt(root, '')
  const old = base === undefined ? undefined : statAt(base, '')
  if (base === undefined || status === undefined || old === undefined) return
  const own = { folder: root, name: '.', status }
  if (hasSameAttributes(own, { folder: base, name: '.', status: old })) return
  yield { kind: 'modified', path: '.', ...own }
}
