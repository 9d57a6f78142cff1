import semver from 'semver'
import type { Choice } from './choice.ts'

/** Someone who needs a contract, and in which versions. */
export interface Need {
  readonly by: Choice
  readonly range: string
}

/** A rule of assemblies that a set of choices breaks. */
export type Violation =
  | { readonly rule: 'missing'; readonly contract: string; readonly needs: readonly Need[] }
  | {
      readonly rule: 'version'
      readonly contract: string
      readonly provider: Choice
      readonly version: string
      readonly needs: readonly Need[]
    }
  | {
      readonly rule: 'ambiguous'
      readonly contract: string
      readonly need: Need
      readonly providers: readonly Choice[]
    }
  | { readonly rule: 'two-providers'; readonly contract: string; readonly providers: readonly Choice[] }
  | {
      readonly rule: 'two-drivers'
      readonly contract: string
      readonly driver: string
      readonly providers: readonly Choice[]
    }

/** Every rule that the choices of a whole assembly break. Who finds its drivers at run time promises none. */
export function findViolations(choices: readonly Choice[]): Violation[] {
  const found: Violation[] = []
  const needs = needsByContract(choices)
  const providers = providersByContract(choices)
  for (const [contract, needers] of needs) {
    const missing = needers.filter(
      ({ by, optional }) =>
        !optional && !providers.get(contract)?.some(({ choice, dynamic }) => choice !== by && dynamic !== true),
    )
    if (missing.length > 0) found.push({ rule: 'missing', contract, needs: missing })
  }
  for (const [contract, offers] of providers) {
    const named = offers.filter(({ driver }) => driver !== undefined)
    const unnamed = offers.filter(({ driver, dynamic }) => driver === undefined && dynamic !== true)
    if (unnamed.length > 1) {
      found.push({ rule: 'two-providers', contract, providers: unnamed.map(({ choice }) => choice) })
    }
    for (const [driver, same] of Map.groupBy(named, (offer) => offer.driver ?? '')) {
      if (same.length > 1) {
        found.push({ rule: 'two-drivers', contract, driver, providers: same.map(({ choice }) => choice) })
      }
    }
    for (const { choice, version } of offers) {
      const unmet = (needs.get(contract) ?? []).filter(({ by, range }) => by !== choice && !satisfies(version, range))
      if (unmet.length > 0) found.push({ rule: 'version', contract, provider: choice, version, needs: unmet })
    }
    for (const need of needs.get(contract) ?? []) {
      const others = offers.filter(({ choice, dynamic }) => choice !== need.by && dynamic !== true)
      if (!need.many && others.length > 1 && unnamed.length < 2) {
        found.push({ rule: 'ambiguous', contract, need, providers: others.map(({ choice }) => choice) })
      }
    }
  }
  return found
}

interface FullNeed extends Need {
  readonly many: boolean
  readonly optional: boolean
}

function needsByContract(choices: readonly Choice[]): Map<string, FullNeed[]> {
  const needs = choices.flatMap((by) =>
    by.requires.map(({ contract, range, many = false, optional = false }) => ({ by, contract, range, many, optional })),
  )
  return Map.groupBy(needs, ({ contract }) => contract)
}

function providersByContract(choices: readonly Choice[]) {
  const offers = choices.flatMap((choice) => choice.provides.map((provided) => ({ choice, ...provided })))
  return Map.groupBy(offers, ({ contract }) => contract)
}

const known = new Map<string, boolean>()

function satisfies(version: string, range: string): boolean {
  const key = `${version} ${range}`
  const answer = known.get(key) ?? semver.satisfies(version, range)
  known.set(key, answer)
  return answer
}
