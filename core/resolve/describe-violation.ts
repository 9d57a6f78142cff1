import { codedError, componentLauncher, type CodedError } from '@moby/contracts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import type { Choice } from './choice.ts'
import type { Need, Violation } from './violations.ts'

type MissingViolation = Extract<Violation, { rule: 'missing' }>

/** Components that a source has and that provide a contract, for the hint. */
export type ProviderNames = (contract: string) => readonly string[]

/** A broken rule as an error at the place in the manifest that can mend it. */
export function describeViolation(file: ManifestFile, violation: Violation, providers: ProviderNames): CodedError {
  const { contract } = violation
  const keyOf = (choice: Choice | undefined) => file.spanOf(['components', choice?.entry ?? ''], 'key')
  const driverOf = (choice: Choice | undefined) => {
    const entry = choice?.entry ?? ''
    return file.spanOf(['components', entry, file.manifest.components[entry]?.driver === undefined ? 'use' : 'driver'])
  }
  switch (violation.rule) {
    case 'missing': {
      const offers = providers(contract)
      const remedy = offers.length === 0 ? 'a component that provides it' : offers.join(' or ')
      if (contract === componentLauncher.id) return launcherMissing(file, violation, offers)
      return codedError('REQUIREMENT_MISSING', `Nothing provides ${contract}, which ${needers(violation.needs)}`, {
        span: keyOf(violation.needs[0]?.by),
        hint: `add ${remedy} to the components of ${file.file}`,
        details: { contract, neededBy: violation.needs.map(({ by }) => by.entry), providers: offers },
      })
    }
    case 'version': {
      const { provider, version, needs } = violation
      return codedError(
        'REQUIREMENT_VERSION',
        `${who(provider)} provides ${contract} ${version}, but ${needers(needs, true)}`,
        {
          span: file.spanOf(['components', provider.entry, 'use']),
          hint: `choose versions of ${[provider, ...needs.map(({ by }) => by)].map(({ entry }) => entry).join(', ')} that fit together`,
          details: { contract, provider: provider.entry, neededBy: needs.map(({ by }) => by.entry) },
        },
      )
    }
    case 'ambiguous':
      return codedError(
        'REQUIREMENT_AMBIGUOUS',
        `${who(violation.need.by)} needs one ${contract}, but ${list(violation.providers)} provide it`,
        { span: keyOf(violation.providers[1]), hint: 'keep one of them', details: { contract } },
      )
    case 'two-providers':
      return codedError(
        'PROVIDER_DUPLICATE',
        `${list(violation.providers)} both provide ${contract}, which an assembly has once`,
        { span: keyOf(violation.providers[1]), hint: 'keep one of them', details: { contract } },
      )
    case 'two-drivers':
      return codedError(
        'DRIVER_DUPLICATE',
        `${list(violation.providers)} both provide a driver ${violation.driver} of ${contract}`,
        {
          span: driverOf(violation.providers[1]),
          hint: `give one of them another name: driver: NAME`,
          details: { contract, driver: violation.driver },
        },
      )
  }
}

/** Nobody wrote that contract into a descriptor: who runs in a container needs it. */
function launcherMissing(file: ManifestFile, { needs }: MissingViolation, offers: readonly string[]): CodedError {
  const entries = needs.map(({ by }) => by.entry)
  const [first = 'a component that provides component.launcher'] = offers
  const message = `${entries.join(' and ')} ${entries.length === 1 ? 'is' : 'are'} to run in mode container, and the assembly has no launcher, which starts containers (component.launcher)`
  return codedError('REQUIREMENT_MISSING', message, {
    span: file.spanOf(['components', entries[0] ?? '', 'mode']),
    hint: `add to the components of ${file.file}: launcher: {use: ${first}}`,
    details: { contract: componentLauncher.id, neededBy: entries, providers: offers },
  })
}

function who({ entry, component, version }: Choice): string {
  return `${entry} (${component} ${version})`
}

function list(choices: readonly Choice[]): string {
  return choices.map(who).join(' and ')
}

function needers(needs: readonly Need[], always = false): string {
  const ranges = new Set(needs.map(({ range }) => range))
  if (ranges.size === 1 && !always) {
    return `${list(needs.map(({ by }) => by))} ${needs.length === 1 ? 'needs' : 'need'} in ${needs[0]?.range}`
  }
  return needs.map(({ by, range }) => `${who(by)} needs ${range}`).join(' and ')
}
