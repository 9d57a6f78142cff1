import semver from 'semver'
import { codedError } from '@moby/contracts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import { choiceOf, type Choice } from './choice.ts'
import type { Resolution, ResolvedEntry } from './resolve-assembly.ts'
import { solve } from './solve.ts'
import { findViolations, type Violation } from './violations.ts'

/** Why an entry has the version it has, in lines. Throws ENTRY_UNKNOWN. */
export function explain(resolution: Resolution, name: string): string[] {
  const { entry, resolved } = findEntry(resolution, name)
  const { choice, offer, candidate } = resolved
  const range = resolution.file.manifest.components[entry]?.version
  const span = resolution.file.spanOf(['components', entry, range === undefined ? 'use' : 'version'])
  const lines = [
    `${entry} is ${choice.component} ${choice.version}, from ${offer.from} (${candidate.origin})`,
    `  asked for by ${span.file}:${span.line}: ${range === undefined ? 'any version' : range}`,
  ]
  for (const { contract, version, driver, dynamic } of choice.provides) {
    const needers = [...resolution.entries.values()].flatMap((other) =>
      other === resolved
        ? []
        : other.choice.requires.filter((need) => need.contract === contract).map((need) => ({ other, need })),
    )
    const label = `${contract} ${version}${dynamic === true ? ' as found at run time' : driver === undefined ? '' : ` as ${driver}`}`
    if (needers.length === 0) lines.push(`  provides ${label}, which nobody needs`)
    for (const { other, need } of needers) {
      lines.push(`  provides ${label}, which ${who(other.choice)} needs in ${need.range}`)
    }
  }
  for (const { contract, range: wanted, optional } of choice.requires) {
    const providers = (resolution.graph.get(entry) ?? []).filter((edge) => edge.contract === contract)
    const found = providers.map(({ to }) => to).join(', ')
    lines.push(
      `  needs ${contract} in ${wanted}${optional ? ', if there is one' : ''}: ${found === '' ? 'none' : found}`,
    )
  }
  const others = offer.candidates.filter(({ version }) => version !== choice.version)
  for (const { version } of others) lines.push(`  not ${version}: ${reason(resolution, entry, resolved, version)}`)
  if (others.length === 0) lines.push('  there is no other version')
  return lines
}

/** Why an entry does not have a version, in lines. Throws ENTRY_UNKNOWN. */
export function whyNot(resolution: Resolution, name: string, version: string): string[] {
  const { entry, resolved } = findEntry(resolution, name)
  const { choice, offer } = resolved
  if (version === choice.version) return [`${who(choice)} is what was chosen`]
  const available = offer.candidates.map((each) => each.version)
  if (!available.includes(version)) {
    return [`${offer.from} has no ${choice.component} ${version}; it has ${available.join(', ')}`]
  }
  return [`${entry} is ${choice.version}, not ${version}: ${reason(resolution, entry, resolved, version)}`]
}

/** An entry by its name, or by the component that it uses. */
function findEntry(resolution: Resolution, name: string): { entry: string; resolved: ResolvedEntry } {
  const direct = resolution.entries.get(name)
  if (direct !== undefined) return { entry: name, resolved: direct }
  for (const [entry, resolved] of resolution.entries) {
    if (resolved.choice.component === name) return { entry, resolved }
  }
  const near = didYouMean(name, [...resolution.entries.keys()])
  throw codedError('ENTRY_UNKNOWN', `The assembly ${resolution.file.manifest.assembly} has no entry ${name}`, {
    hint: near === undefined ? `it has ${[...resolution.entries.keys()].join(', ')}` : `did you mean ${near}?`,
  })
}

function reason(resolution: Resolution, entry: string, resolved: ResolvedEntry, version: string): string {
  const { offer, choice } = resolved
  const written = resolution.file.manifest.components[entry]
  const candidate = offer.inRange.find((each) => each.version === version)
  if (candidate === undefined) {
    if (semver.satisfies(version, written?.version ?? '*', { includePrerelease: true })) {
      return 'it is a prerelease, and those are taken only when the range names one'
    }
    return `the manifest asks for ${written?.version ?? 'releases'}`
  }
  if (semver.lt(version, choice.version)) return `${choice.version} is higher and fits`
  const pinned = choiceOf(entry, candidate.descriptor, written)
  const variables = resolution.variables.map((each) => (each.entry === entry ? { entry, choices: [pinned] } : each))
  const others = solve(variables)
  if (others !== undefined) {
    const lower = others.find((each) => isLower(each, resolution.entries.get(each.entry)?.choice))
    return `then ${lower === undefined ? 'another entry' : who(lower)} would have to be lower, and it comes first in the manifest`
  }
  const best = variables.flatMap(({ choices }) => choices[0] ?? [])
  return findViolations(best).map(violationText).join('; ')
}

function isLower(choice: Choice, chosen: Choice | undefined): boolean {
  return chosen !== undefined && semver.lt(choice.version, chosen.version)
}

function violationText(violation: Violation): string {
  const { contract } = violation
  switch (violation.rule) {
    case 'missing':
      return `nothing would provide ${contract}, which ${violation.needs.map(({ by }) => who(by)).join(' and ')} needs`
    case 'version':
      return `${who(violation.provider)} provides ${contract} ${violation.version}, but ${violation.needs
        .map(({ by, range }) => `${who(by)} needs ${range}`)
        .join(' and ')}`
    case 'ambiguous':
      return `${who(violation.need.by)} needs one ${contract} of several`
    case 'two-providers':
      return `${violation.providers.map(who).join(' and ')} would both provide ${contract}`
    case 'two-drivers':
      return `${violation.providers.map(who).join(' and ')} would both provide a driver ${violation.driver} of ${contract}`
  }
}

function who({ entry, component, version }: Choice): string {
  return `${entry} (${component} ${version})`
}
