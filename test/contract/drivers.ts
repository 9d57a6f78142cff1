import { stateStore } from '@moby/contracts'
import type { DriverUnderTest, Fixtures } from './subject.ts'

const only = (given: object): (() => Promise<Fixtures>) => {
  return async () => ({ given: { ...given }, close: async () => undefined })
}

/** Every driver of the project. */
export const driversUnderTest: readonly DriverUnderTest[] = [
  { plugin: 'state-sqlite', contract: stateStore, fixtures: only({}) },
]
