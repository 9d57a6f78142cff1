import { isDeepStrictEqual } from 'node:util'
import { codedError, type ComponentCandidate, type ComponentPayload, type Logger } from '@moby/contracts'
import { sourcesOf, type Sources } from '../kernel/read-assembly.ts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import { Member, type MemberFacts } from '../lifecycle/member.ts'
import { lockEntry } from '../lock/lock-entry.ts'
import { freezeDeep } from '../manifest/fill-defaults.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import { splitFrom } from '../resolve/offer.ts'
import type { RetiredRecord } from './generation-store.ts'

interface RetiredOptions {
  readonly sources: Sources
  readonly kept: KeptPayloads
  readonly log: Logger
}

/**
 * Members for entries that were removed and are still used, as they were when they ran last, with the files of then: those of
 * their source, or those that were kept. What the assembly has again is its own now; one whose files are nowhere is told
 * and left out until they are.
 */
export async function retiredMembers(
  records: readonly RetiredRecord[],
  wanted: readonly MemberFacts[],
  { sources, kept, log }: RetiredOptions,
): Promise<readonly Member[]> {
  const members = records
    .filter((record) => !isProvided(record, wanted))
    .map(async (record) => {
      try {
        const member = new Member(await readRetired(record, sources, kept))
        member.isRetired = true
        return [member]
      } catch (error) {
        log.error('an entry that was removed and is still used cannot be started', {
          entry: record.name,
          reason: reasonOf(error),
        })
        return []
      }
    })
  return (await Promise.all(members)).flat()
}

export function retiredRecord({ name, locked, config }: Member, file: string): RetiredRecord {
  return { name, file, locked, config }
}

/** True when the assembly has its name, or one of its drivers, again. */
export function isProvided({ name, locked }: RetiredRecord, wanted: readonly MemberFacts[]): boolean {
  return wanted.some(
    (each) =>
      each.name === name ||
      each.locked.provides.some(({ contract, driver }) =>
        locked.provides.some((own) => own.contract === contract && own.driver === driver),
      ),
  )
}

async function readRetired(record: RetiredRecord, sources: Sources, kept: KeptPayloads): Promise<MemberFacts> {
  const { name, locked, config } = record
  const { candidate, payload } = await findAtSource(record, sources).catch(async (error: unknown) => {
    const found = await kept.find(locked)
    if (found === undefined) throw error
    await kept.unpack(locked)
    return found
  })
  const { descriptor } = candidate
  const { folder, sees } = payload
  return { name, required: false, locked, descriptor, folder, sees, config: freezeDeep(config) }
}

interface Found {
  readonly candidate: ComponentCandidate
  readonly payload: ComponentPayload
}

async function findAtSource({ name, file, locked }: RetiredRecord, sources: Sources): Promise<Found> {
  const { scheme, location } = splitFrom(locked.from)
  const source = sourcesOf(sources, file).find((each) => each.scheme === scheme)
  if (source === undefined) throw codedError('SOURCE_UNKNOWN', `${name} comes from ${locked.from}: no such source`)
  const candidates = await source.candidates(location, locked.use)
  const candidate = candidates.find(({ version }) => version === locked.version)
  if (candidate === undefined) {
    throw codedError('LOCK_VERSION_GONE', `${locked.from} has no ${locked.use} ${locked.version} any more`)
  }
  const payload = await source.payload(location, candidate)
  const { use, from, mode, driver } = locked
  const written = { use, from, mode, ...(driver === undefined ? {} : { driver }) }
  if (!isDeepStrictEqual(lockEntry(name, written, candidate, payload), locked)) {
    throw codedError(
      'PAYLOAD_CHANGED',
      `The files of ${name} (${use} ${locked.version}) changed since it was removed, and are not kept`,
      { hint: 'restore them, or put the entry back into the assembly' },
    )
  }
  return { candidate, payload }
}
