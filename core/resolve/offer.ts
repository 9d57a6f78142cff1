import {
  codedError,
  isCodedError,
  type CodedError,
  type ComponentCandidate,
  type ComponentSource,
  type ManifestEntry,
} from '@moby/contracts'
import semver from 'semver'
import { didYouMean } from '../manifest/did-you-mean.ts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import { atSpan, problemsOf } from '../manifest/problems.ts'

/** What a source has for an entry of the manifest. */
export interface Offer {
  readonly entry: string
  readonly source: ComponentSource
  /** As the manifest names it: `workspace:`, `folder:./mine`. */
  readonly from: string
  readonly location: string
  /** Every version, best first. */
  readonly candidates: readonly ComponentCandidate[]
  /** Those that the range of the manifest allows, best first. Prereleases only where the range names one. */
  readonly inRange: readonly ComponentCandidate[]
  readonly problems: readonly CodedError[]
}

/** Asks the source of an entry. What is wrong with the entry itself is in `problems`. */
export async function findOffer(
  file: ManifestFile,
  entry: string,
  sources: readonly ComponentSource[],
): Promise<Offer> {
  const written = file.manifest.components[entry] as ManifestEntry
  const { use, version: range, from = 'workspace:' } = written
  const { scheme, location } = splitFrom(from)
  const source = sources.find((each) => each.scheme === scheme)
  const nothing = { entry, from, location, candidates: [], inRange: [] }
  if (source === undefined) {
    const known = sources.map((each) => each.scheme)
    const near = didYouMean(scheme, known)
    const problem = codedError('SOURCE_UNKNOWN', `${entry} comes from ${from}, but there is no source ${scheme}:`, {
      span: file.spanOf(['components', entry, 'from']),
      hint: near === undefined ? `sources are ${known.map((each) => `${each}:`).join(', ')}` : `did you mean ${near}:?`,
    })
    return { ...nothing, source: noSource, problems: [problem] }
  }
  if (range !== undefined && semver.validRange(range) === null) {
    const problem = codedError('RANGE_INVALID', `${entry} asks for version ${range}, which is no semver range`, {
      span: file.spanOf(['components', entry, 'version']),
      hint: 'write for example ^1.2.0, ~1.2, >=1 <3 or an exact version',
    })
    return { ...nothing, source, problems: [problem] }
  }
  try {
    const candidates = (await source.candidates(location, use)).toSorted(bestFirst)
    const inRange = candidates.filter(({ version }) => semver.satisfies(version, range ?? '*'))
    const base = { entry, from, location, source, candidates, inRange }
    if (candidates.length === 0) {
      return { ...base, problems: [unknownComponent(file, entry, use, from, await source.names(location))] }
    }
    if (inRange.length === 0) return { ...base, problems: [noneInRange(file, entry, written, from, candidates)] }
    return { ...base, problems: [] }
  } catch (error) {
    if (!isCodedError(error)) throw error
    const part = written.from === undefined ? 'use' : 'from'
    const problems = problemsOf(error).map((each) => atSpan(each, file.spanOf(['components', entry, part])))
    return { ...nothing, source, problems }
  }
}

/** `folder:./mine` into scheme and location. */
export function splitFrom(from: string): { scheme: string; location: string } {
  const colon = from.indexOf(':')
  return colon === -1
    ? { scheme: from, location: '' }
    : { scheme: from.slice(0, colon), location: from.slice(colon + 1) }
}

/** Highest version first; equal ones in the order of their places, so that the answer is always the same. */
function bestFirst(a: ComponentCandidate, b: ComponentCandidate): number {
  const [left, right] = [semver.parse(a.version), semver.parse(b.version)]
  if (left === null || right === null) {
    const { name, version, origin } = left === null ? a : b
    throw codedError('RANGE_INVALID', `${name} calls itself version ${version}, which is no semantic version`, {
      span: { file: origin, line: 1, column: 1, length: 1, text: `name: ${name}` },
      hint: 'write three numbers in its component.yaml: version: 1.2.0',
    })
  }
  return semver.rcompare(left, right) || (a.origin < b.origin ? -1 : 1)
}

function unknownComponent(file: ManifestFile, entry: string, use: string, from: string, names: readonly string[]) {
  const near = didYouMean(use, names)
  const all = names.length === 0 ? 'it has no components' : `it has ${names.toSorted().join(', ')}`
  return codedError('COMPONENT_UNKNOWN', `${entry} uses ${use}, which ${from} does not have`, {
    span: file.spanOf(['components', entry, 'use']),
    hint: near === undefined ? all : `did you mean ${near}?`,
    details: { entry, component: use },
  })
}

function noneInRange(
  file: ManifestFile,
  entry: string,
  { use, version: range }: ManifestEntry,
  from: string,
  candidates: readonly ComponentCandidate[],
) {
  const versions = candidates.map(({ version }) => version)
  const best = versions.find((version) => semver.prerelease(version) === null) ?? versions[0]
  const onlyPre = versions.every((version) => semver.prerelease(version) !== null)
  const message =
    range === undefined
      ? `${from} has ${use} only in prereleases: ${versions.join(', ')}`
      : `No version of ${use} in ${from} is in ${range}; there is ${versions.join(', ')}`
  return codedError('COMPONENT_VERSION_UNKNOWN', message, {
    span: file.spanOf(['components', entry, range === undefined ? 'use' : 'version']),
    hint: `${onlyPre ? 'a prerelease must be asked for by name' : 'ask for'}: version: ^${best}`,
    details: { entry, component: use, available: versions },
  })
}

/** Stands where the manifest names a source that does not exist; nothing asks it. */
const noSource: ComponentSource = {
  scheme: '',
  candidates: async () => [],
  names: async () => [],
  payload: (location) => Promise.reject(codedError('SOURCE_UNKNOWN', `There is no source for ${location}`)),
}
