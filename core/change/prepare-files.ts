import type { WantedAssembly } from '../kernel/read-assembly.ts'
import type { MemberFacts } from '../lifecycle/member.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import type { PayloadKeeper } from '../payloads/payload-keeper.ts'
import type { LoadedModules } from './loaded-modules.ts'
import type { Plan } from './plan.ts'

export interface FileParts {
  readonly kept: KeptPayloads
  readonly keeper: PayloadKeeper
  readonly loaded: LoadedModules
}

/**
 * Before a change: what runs is kept as long as its files are there, what is to run before it does, and what is started from kept
 * files is unpacked. Answers the entries with the folders that they are to be started from. Throws PAYLOAD_CHANGED,
 * PAYLOAD_NOT_KEPT, PAYLOAD_DAMAGED.
 */
export async function prepareFiles(
  { steps }: Plan,
  { entries, payloads }: Pick<WantedAssembly, 'entries' | 'payloads'>,
  { kept, keeper, loaded }: FileParts,
): Promise<readonly MemberFacts[]> {
  await keeper.settle()
  await keeper.keep(payloads)
  const begins = new Set(steps.filter(({ action }) => ['add', 'replace'].includes(action)).map(({ name }) => name))
  const moved = new Map<string, Pick<MemberFacts, 'folder' | 'sees'>>()
  for (const entry of payloads.filter(({ name }) => begins.has(name))) {
    const { name, locked, payload } = entry
    if (kept.owns(payload.folder)) await kept.unpack(locked)
    else if (loaded.isStale(entry)) {
      const found = await kept.find(locked)
      await kept.unpack(locked)
      if (found !== undefined) moved.set(name, { folder: found.payload.folder, sees: found.payload.sees })
    } else loaded.note([entry])
  }
  return entries.map((facts) => ({ ...facts, ...moved.get(facts.name) }))
}
