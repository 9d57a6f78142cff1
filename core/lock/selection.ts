import { createHash } from 'node:crypto'
import type { Manifest } from '@moby/contracts'

/**
 * Digest of what a manifest selects: components, ranges, sources, modes, driver names, failure policies.
 * Configuration, descriptions and comments may change without a new lock.
 */
export function selectionDigest({ assembly, components }: Manifest): string {
  const selected = Object.entries(components)
    .map(([name, entry]) => [
      name,
      entry.use,
      entry.version ?? '*',
      entry.from ?? 'workspace:',
      entry.mode ?? 'module',
      entry.driver ?? null,
      entry.required ?? true,
    ])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([assembly, selected]))
    .digest('hex')}`
}
