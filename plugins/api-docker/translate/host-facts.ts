import type { ResponseOf, engineSystem } from '@moby/contracts'
import type { Handles } from '../server/handles.ts'

export type HostFacts = Pick<
  ResponseOf<typeof engineSystem, 'info'>,
  'cgroupVersion' | 'limits' | 'defaultRuntime' | 'logDriver'
>

const known = new WeakMap<Handles['system'], Promise<HostFacts>>()

/** What the host can do; asked for once, as it does not change while the engine runs. */
export async function hostFacts(handles: Pick<Handles, 'system'>): Promise<HostFacts> {
  let facts = known.get(handles.system)
  if (facts === undefined) {
    facts = handles.system.info({})
    known.set(handles.system, facts)
    facts.catch(() => known.delete(handles.system))
  }
  return await facts
}
