import { isDeepStrictEqual } from 'node:util'
import {
  codedError,
  hasCode,
  isCodedError,
  CodedError,
  type ComponentCandidate,
  type ComponentPayload,
  type ComponentSource,
  type LockEntry,
  type ManifestEntry,
  type TrustVerifier,
} from '@moby/contracts'
import { buildGraph } from '../graph/graph.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import { checkConfig } from '../manifest/component-config.ts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import { atSpan, problemsOf, throwProblems } from '../manifest/problems.ts'
import { checkEntry } from '../resolve/check-entry.ts'
import { splitFrom } from '../resolve/offer.ts'
import { checkCycle } from '../resolve/resolve-assembly.ts'
import { lockEntry } from './lock-entry.ts'
import type { LockFile } from './lock-file.ts'
import { selectionDigest } from './selection.ts'

/** An entry whose files are the ones that were locked. */
export interface VerifiedEntry {
  readonly name: string
  readonly locked: LockEntry
  readonly candidate: ComponentCandidate
  readonly payload: ComponentPayload
}

export interface Verification {
  readonly file: ManifestFile
  readonly lock: LockFile
  readonly sources: readonly ComponentSource[]
  readonly trust?: TrustVerifier | undefined
  /** Where files are looked for that their source does not have any more. Absent: nowhere. */
  readonly kept?: KeptPayloads | undefined
}

/**
 * Compares manifest, lock and the files of every component, all digests measured afresh. Throws what
 * differs and the command that mends it; answers the entries in the order of the manifest. The files of an entry that
 * were kept are to be unpacked before they run.
 */
export async function verifyLock(subject: Verification): Promise<readonly VerifiedEntry[]> {
  const { file, lock } = subject
  throwProblems(file.file, compareSelection(subject))
  const names = Object.keys(file.manifest.components)
  const entries: VerifiedEntry[] = []
  const problems: CodedError[] = []
  const results = await Promise.allSettled(names.map((name) => verifyEntry(subject, name)))
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') entries.push(result.value)
    else problems.push(failure(subject, names[index] ?? '', result.reason))
  }
  throwProblems(lock.file, joinChanged(problems))
  const nodes = entries.map(({ name, locked }) => ({ name, ...locked }))
  throwProblems(file.file, [
    ...checkCycle(file, buildGraph(nodes)),
    ...entries.flatMap(({ name, candidate }) => [
      ...checkEntry(file, name, candidate.descriptor),
      ...checkConfig(file, name, candidate.descriptor),
    ]),
  ])
  return entries
}

/** Whether the lock was made for this manifest, and if not, for each entry what differs. */
export function compareSelection({ file, lock: { lock, yaml } }: Pick<Verification, 'file' | 'lock'>): CodedError[] {
  const { manifest } = file
  if (lock.manifest === selectionDigest(manifest) && lock.assembly === manifest.assembly) {
    const strangers = Object.keys(lock.components).filter((name) => manifest.components[name] === undefined)
    const lost = Object.keys(manifest.components).filter((name) => lock.components[name] === undefined)
    if (strangers.length + lost.length === 0) return []
  }
  const hint = `run: moby lock --assembly ${file.file}`
  const problem = (message: string, span: CodedError['span']) =>
    codedError('LOCK_OUTDATED', message, { hint, span, details: { lock: yaml.source.file } })
  const problems: CodedError[] = []
  for (const [name, entry] of Object.entries(manifest.components)) {
    const locked = lock.components[name]
    if (locked === undefined) {
      problems.push(
        problem(`${name} is in the manifest, but not in the lock`, file.spanOf(['components', name], 'key')),
      )
      continue
    }
    const pairs: [keyof ManifestEntry, unknown, unknown][] = [
      ['use', entry.use, locked.use],
      ['from', entry.from ?? 'workspace:', locked.from],
      ['mode', entry.mode ?? 'module', locked.mode],
      ['driver', entry.driver, locked.driver],
    ]
    for (const [key, wanted, held] of pairs) {
      if (wanted === held) continue
      const words = `${name} has ${key} ${String(wanted ?? '(none)')} in the manifest, but ${String(held ?? '(none)')} in the lock`
      problems.push(problem(words, file.spanOf(['components', name, key])))
    }
  }
  for (const name of Object.keys(lock.components)) {
    if (manifest.components[name] !== undefined) continue
    problems.push(problem(`${name} is in the lock, but not in the manifest`, yaml.spanOf(['components', name], 'key')))
  }
  if (problems.length > 0) return problems
  const what = `The lock was made for another selection: a name, version range or failure policy in ${file.file} has changed`
  return [problem(what, yaml.spanOf(['manifest']))]
}

async function verifyEntry(subject: Verification, name: string): Promise<VerifiedEntry> {
  const { lock, trust, kept } = subject
  const locked = lock.lock.components[name] as LockEntry
  const { candidate, payload } = await findAtSource(subject, name).catch(async (error: unknown) => {
    const found = await kept?.find(locked)
    if (found === undefined) throw kept === undefined ? error : notKept(error)
    return checkSame(subject, name, found)
  })
  await trust?.verify({ candidate, digest: payload.digest, source: locked.from })
  return { name, locked, candidate, payload }
}

type Found = Pick<VerifiedEntry, 'candidate' | 'payload'>

async function findAtSource(subject: Verification, name: string): Promise<Found> {
  const { file, lock, sources } = subject
  const locked = lock.lock.components[name] as LockEntry
  const { scheme, location } = splitFrom(locked.from)
  const source = sources.find((each) => each.scheme === scheme)
  if (source === undefined) throw codedError('SOURCE_UNKNOWN', `${name} comes from ${locked.from}: no such source`)
  const candidates = await source.candidates(location, locked.use)
  const candidate = candidates.find(({ version }) => version === locked.version)
  if (candidate === undefined) {
    const versions = candidates.map(({ version }) => version)
    throw codedError(
      'LOCK_VERSION_GONE',
      `${locked.from} has no ${locked.use} ${locked.version} any more, it has ${versions.join(', ') || 'none'}`,
      { span: lock.yaml.spanOf(['components', name, 'version']), hint: lockHint(file) },
    )
  }
  return checkSame(subject, name, { candidate, payload: await source.payload(location, candidate) })
}

function checkSame({ file, lock }: Verification, name: string, found: Found): Found {
  const { candidate, payload } = found
  const locked = lock.lock.components[name] as LockEntry
  const now = lockEntry(name, file.manifest.components[name] as ManifestEntry, candidate, payload)
  const changed = (Object.keys(now) as (keyof LockEntry)[]).find((key) => !isDeepStrictEqual(now[key], locked[key]))
  if (changed !== undefined) {
    const span = lock.yaml.spanOf(['components', name, changed])
    const hint = `restore the files, or accept them: moby lock --assembly ${file.file}`
    if (changed === 'digest' || changed === 'descriptor') {
      const what = changed === 'digest' ? 'The files' : 'The descriptor'
      const message = `${what} of ${name} (${locked.use} ${locked.version}) changed since the assembly was locked`
      throw codedError('PAYLOAD_CHANGED', message, { span, hint, details: { entry: name, folder: payload.folder } })
    }
    throw codedError('LOCK_OUTDATED', `The lock says of ${name} something else for ${changed} than its descriptor`, {
      span,
      hint: lockHint(file),
    })
  }
  return found
}

/** Of an assembly that ran: a new lock would not bring its files back. */
function notKept(error: unknown): unknown {
  if (!hasCode(error, 'PAYLOAD_CHANGED', 'LOCK_VERSION_GONE', 'SOURCE_MISSING')) return error
  const hint = 'restore the files as they were then: they are not kept in the data root'
  const { code, message, span, details } = error
  return new CodedError(code, message, { hint, span, details, cause: error })
}

/** A change in a library changes every component that uses it; that is one fault. */
function joinChanged(problems: readonly CodedError[]): CodedError[] {
  const changed = problems.filter(({ code }) => code === 'PAYLOAD_CHANGED')
  const [first] = changed
  if (first === undefined || changed.length === 1) return [...problems]
  const names = changed.map(({ details }) => String(details?.['entry']))
  const joined = codedError(
    'PAYLOAD_CHANGED',
    `The files of ${names.join(', ')} changed since the assembly was locked (or those of a library they share)`,
    { span: first.span, hint: first.hint, details: { entries: names } },
  )
  return [joined, ...problems.filter(({ code }) => code !== 'PAYLOAD_CHANGED')]
}

const lockHint = (file: ManifestFile) => `run: moby lock --assembly ${file.file}`

function failure({ file }: Verification, name: string, error: unknown): CodedError {
  if (!isCodedError(error)) throw error
  const [first = error] = problemsOf(error)
  return atSpan(first, file.spanOf(['components', name, 'use']))
}
