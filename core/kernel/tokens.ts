import type { AssemblyFacts, Instance } from '@moby/contracts'
import { token, type Token } from './container.ts'
import type { ContextFactory } from './context-factory.ts'
import type { DriverSource } from './driver-set.ts'
import type { EngineLog } from './log.ts'
import type { OneProvider } from './one-provider.ts'
import type { Runners } from '../lifecycle/runner.ts'

/** What the kernel's own classes take. */
export const instanceToken = token<Instance>('kernel.instance')
export const factsToken = token<AssemblyFacts>('kernel.facts')
export const logToken = token<EngineLog>('kernel.log')
export const runnersToken = token<Runners>('kernel.runners')
export const contextsToken = token<ContextFactory>('kernel.contexts')

/** The one provider of a contract. */
export function oneOf(contract: string): Token<OneProvider> {
  return token(`contract.${contract}`)
}

/** All providers of a contract. */
export function allOf(contract: string): Token<DriverSource> {
  return token(`contracts.${contract}`)
}
