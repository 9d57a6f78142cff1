import type { ComponentCandidate, ComponentPayload, LockEntry, ManifestEntry } from '@moby/contracts'
import { choiceOf } from '../resolve/choice.ts'

/** What the lock says about one entry, from the manifest and what its source has. */
export function lockEntry(
  name: string,
  { from = 'workspace:', mode = 'module', driver }: ManifestEntry,
  { descriptor }: ComponentCandidate,
  payload: ComponentPayload,
): LockEntry {
  const { provides, requires } = choiceOf(name, descriptor, { driver, mode })
  return {
    use: descriptor.name,
    version: descriptor.version,
    from,
    mode,
    ...(driver === undefined ? {} : { driver }),
    digest: payload.digest,
    descriptor: payload.descriptorDigest,
    provides: [...provides],
    requires: [...requires],
    permissions: (descriptor.permissions ?? []).toSorted(),
    ...(mode === 'container' ? { grants: descriptor.grants ?? {} } : {}),
  }
}
