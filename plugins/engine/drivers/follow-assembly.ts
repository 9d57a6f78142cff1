import type { AssemblyFacts, AssemblyMember } from '@moby/contracts'
import type { EventBus } from '../events/event-bus.ts'

/** Called with the contract and the name of a driver that is reachable again. */
export type OnReturn = (contract: string, driver: string) => void

/**
 * Follows components that go away and come back: events of the type `plugin` tell users, under Docker's names
 * (`disable`, `enable`), and `onReturn` is called in the turn in which the drivers are reachable again. The answered
 * function ends it.
 */
export function followAssembly(assembly: AssemblyFacts, events: EventBus, onReturn: OnReturn): () => void {
  const away = new Set(assembly.members().flatMap(({ name, status }) => (isAway(status) ? [name] : [])))
  return assembly.watch((member) => {
    const { name, status } = member
    if (isAway(status)) {
      if (status === 'away' && !away.has(name)) events.publish('plugin', 'disable', name, attributesOf(member))
      away.add(name)
      return
    }
    if ((status !== 'ready' && status !== 'degraded') || !away.delete(name)) return
    for (const { contract, driver } of member.provides) if (driver !== undefined) onReturn(contract, driver)
    events.publish('plugin', 'enable', name, attributesOf(member))
  })
}

function isAway(status: AssemblyMember['status']): boolean {
  return status === 'away' || status === 'failed'
}

function attributesOf({ name, component, version, reason }: AssemblyMember): Record<string, string> {
  return { name, component: `${component}@${version}`, ...(reason === undefined ? {} : { reason }) }
}
