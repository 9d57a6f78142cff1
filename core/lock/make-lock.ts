import type { Lock, LockEntry, ManifestEntry } from '@moby/contracts'
import type { Resolution } from '../resolve/resolve-assembly.ts'
import { lockEntry } from './lock-entry.ts'
import { selectionDigest } from './selection.ts'

/** The lock of a solved assembly, with the digests of the payloads as they are now. */
export async function makeLock({ file, entries }: Resolution): Promise<Lock> {
  const locked = await Promise.all(
    [...entries].map(async ([name, { offer, candidate }]): Promise<[string, LockEntry]> => {
      const payload = await offer.source.payload(offer.location, candidate)
      return [name, lockEntry(name, file.manifest.components[name] as ManifestEntry, candidate, payload)]
    }),
  )
  return {
    lockVersion: 1,
    assembly: file.manifest.assembly,
    manifest: selectionDigest(file.manifest),
    components: Object.fromEntries(locked.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}
