import { codedError, type CodedError, type ComponentCandidate, type ComponentSource } from '@moby/contracts'
import { findCycle } from '../graph/cycle.ts'
import { buildGraph, type Graph } from '../graph/graph.ts'
import { checkConfig } from '../manifest/component-config.ts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import { throwProblems } from '../manifest/problems.ts'
import semver from 'semver'
import { checkLauncher } from './check-container.ts'
import { checkContractVersions, checkEntry } from './check-entry.ts'
import { choiceOf, type Choice, type Variable } from './choice.ts'
import { describeViolation, type ProviderNames } from './describe-violation.ts'
import { findOffer, type Offer } from './offer.ts'
import { solve } from './solve.ts'
import { findViolations } from './violations.ts'

/** One entry of a solved assembly. */
export interface ResolvedEntry {
  readonly offer: Offer
  readonly candidate: ComponentCandidate
  readonly choice: Choice
}

/** A solved assembly: a version for every entry, in the order of the manifest. */
export interface Resolution {
  readonly file: ManifestFile
  readonly entries: ReadonlyMap<string, ResolvedEntry>
  readonly variables: readonly Variable[]
  readonly graph: Graph
}

/**
 * Finds the components of a manifest in their sources and chooses a version of each. Throws every
 * problem with its place in the manifest: unknown components and sources, ranges, missing and doubled
 * contracts and drivers, circles, configuration that the chosen version does not take.
 */
export async function resolveAssembly(file: ManifestFile, sources: readonly ComponentSource[]): Promise<Resolution> {
  const names = Object.keys(file.manifest.components)
  const offers = await Promise.all(names.map((name) => findOffer(file, name, sources)))
  throwProblems(file.file, [
    ...checkVersion(file),
    ...offers.flatMap(({ problems }) => problems),
    ...offers.flatMap(({ entry, inRange }) =>
      inRange.flatMap(({ descriptor }) => checkContractVersions(file, entry, descriptor)),
    ),
    ...offers.flatMap(({ entry, inRange }) =>
      inRange.slice(0, 1).flatMap(({ descriptor }) => checkLauncher(file, entry, descriptor)),
    ),
  ])
  const variables = offers.map((offer) => variableOf(file, offer))
  const choices = solve(variables)
  if (choices === undefined) throw await unsolvable(file, variables, offers, sources)
  const entries = new Map<string, ResolvedEntry>()
  for (const [index, offer] of offers.entries()) {
    const choice = choices[index] as Choice
    const candidate = offer.inRange.find(({ version }) => version === choice.version) as ComponentCandidate
    entries.set(offer.entry, { offer, candidate, choice })
  }
  const graph = buildGraph(choices.map(({ entry, provides, requires }) => ({ name: entry, provides, requires })))
  throwProblems(file.file, [
    ...checkCycle(file, graph),
    ...[...entries].flatMap(([name, entry]) => [
      ...checkEntry(file, name, entry.candidate.descriptor),
      ...checkConfig(file, name, entry.candidate.descriptor),
    ]),
  ])
  return { file, entries, variables, graph }
}

function variableOf(file: ManifestFile, offer: Offer): Variable {
  const written = file.manifest.components[offer.entry]
  return {
    entry: offer.entry,
    choices: offer.inRange.map(({ descriptor }) => choiceOf(offer.entry, descriptor, written)),
  }
}

function checkVersion(file: ManifestFile): CodedError[] {
  const { version } = file.manifest
  if (semver.valid(version) !== null) return []
  return [
    codedError('RANGE_INVALID', `The assembly calls itself version ${version}, which is no semantic version`, {
      span: file.spanOf(['version']),
      hint: 'write three numbers: version: 0.1.0',
    }),
  ]
}

/** A circle of needs as an error that prints its path. */
export function checkCycle(file: ManifestFile, graph: Graph): CodedError[] {
  const cycle = findCycle(graph)
  if (cycle === undefined) return []
  const contracts = cycle.slice(0, -1).map((name, index) => {
    const edge = graph.get(name)?.find(({ to }) => to === cycle[index + 1])
    return `${name} needs ${edge?.contract} of ${cycle[index + 1]}`
  })
  return [
    codedError('ASSEMBLY_CYCLE', `Components need each other in a circle: ${cycle.join(' -> ')}`, {
      span: file.spanOf(['components', cycle[0] ?? ''], 'key'),
      hint: `break one of: ${contracts.join('; ')}`,
      details: { cycle },
    }),
  ]
}

/** Says which rules the best versions break; others do not help either, or the solver had found them. */
async function unsolvable(
  file: ManifestFile,
  variables: readonly Variable[],
  offers: readonly Offer[],
  sources: readonly ComponentSource[],
): Promise<CodedError> {
  const best = variables.flatMap(({ choices }) => choices[0] ?? [])
  const providers = await providersIn(offers, sources)
  const problems = findViolations(best).map((violation) => describeViolation(file, violation, providers))
  try {
    throwProblems(file.file, problems)
  } catch (error) {
    return error as CodedError
  }
  return codedError('ASSEMBLY_UNSOLVABLE', `No choice of versions satisfies every requirement in ${file.file}`, {
    span: file.spanOf(['components'], 'key'),
  })
}

/** Which components of the places that the manifest names, and of the workspace, provide a contract. */
async function providersIn(offers: readonly Offer[], sources: readonly ComponentSource[]): Promise<ProviderNames> {
  const places = new Map(offers.map(({ from, source, location }) => [from, { source, location }]))
  const workspace = sources.find(({ scheme }) => scheme === 'workspace')
  if (workspace !== undefined) places.set('workspace:', { source: workspace, location: '' })
  const found: ComponentCandidate[] = []
  for (const { source, location } of places.values()) {
    // This is only to help after a failure; a place that cannot be read helps with nothing.
    for (const name of await source.names(location).catch(() => [])) {
      found.push(...(await source.candidates(location, name).catch(() => [])))
    }
  }
  return (contract) => [
    ...new Set(
      found
        .filter(({ descriptor }) => descriptor.provides.some((each) => each.contract === contract))
        .map(({ name }) => name),
    ),
  ]
}
