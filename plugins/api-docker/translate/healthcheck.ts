import type { ContainerSpec } from '@moby/contracts'
import type { HealthConfig } from '../schemas/config.ts'
import { invalidRequest } from '../wire/api-error.ts'

type Healthcheck = NonNullable<ContainerSpec['healthcheck']>

const durations = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const

/** Nanoseconds below which Docker takes a duration for a mistake. */
const shortest = 1_000_000

/** Zero means: as the image says, or the default. */
export function toHealthcheck(given: HealthConfig | undefined): Healthcheck | undefined {
  if (given === undefined) return undefined
  for (const key of durations) {
    const value = given[key] ?? 0
    if (value !== 0 && value < shortest) throw invalidRequest(`${key} in Healthcheck cannot be less than 1ms`)
  }
  if ((given.Retries ?? 0) < 0) throw invalidRequest('Retries in Healthcheck cannot be negative')
  return {
    test: given.Test ?? [],
    ...(given.Interval ? { intervalNs: given.Interval } : {}),
    ...(given.Timeout ? { timeoutNs: given.Timeout } : {}),
    ...(given.StartPeriod ? { startPeriodNs: given.StartPeriod } : {}),
    ...(given.StartInterval ? { startIntervalNs: given.StartInterval } : {}),
    ...(given.Retries ? { retries: given.Retries } : {}),
  }
}
