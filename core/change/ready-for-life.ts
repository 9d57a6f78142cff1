import type { ComponentSource } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import { splitFrom } from '../resolve/offer.ts'

export interface FilesOfMembers {
  readonly kept: KeptPayloads
  /** Where the components of its assembly are found. */
  readonly sourcesOf: (member: Member) => readonly ComponentSource[]
}

/**
 * Sees to it that another life of a component runs the files that the lock names, also when somebody has written
 * others to their place since its last one. Throws PAYLOAD_DAMAGED, PAYLOAD_NOT_KEPT. Files that are not kept are left as
 * they are.
 */
export async function readyForLife(member: Member, { kept, sourcesOf }: FilesOfMembers): Promise<void> {
  const { facts, locked } = member
  if (kept.owns(facts.folder)) return await kept.unpack(locked)
  if (!kept.has(locked.digest) || (await isUnchanged(member, sourcesOf(member)))) return
  const found = await kept.find(locked)
  if (found === undefined) return
  await kept.unpack(locked)
  const { folder, sees } = found.payload
  member.adopt({ ...facts, folder, sees })
}

async function isUnchanged({ locked }: Member, sources: readonly ComponentSource[]): Promise<boolean> {
  try {
    const { scheme, location } = splitFrom(locked.from)
    const source = sources.find((each) => each.scheme === scheme)
    const candidates = (await source?.candidates(location, locked.use)) ?? []
    const candidate = candidates.find(({ version }) => version === locked.version)
    if (source === undefined || candidate === undefined) return false
    return (await source.payload(location, candidate)).digest === locked.digest
  } catch {
    // Unreadable or half written: whatever it is, it is not what was locked.
    return false
  }
}
