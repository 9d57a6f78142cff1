import { codedError, type CodedError } from '@moby/contracts'
import { Type } from 'typebox'
import { checkDocument } from '../manifest/check-document.ts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import { throwProblems } from '../manifest/problems.ts'
import type { DaemonFile } from './daemon-file.ts'
import type { EngineSettings, Outcome } from './daemon-key.ts'
import { daemonKeys } from './keys.ts'

/** What became of one key, without those that are refused: they are errors. */
export interface KeyOutcome {
  readonly key: string
  readonly value: unknown
  readonly outcome: Extract<Outcome, { fate: 'taken' | 'holds' | 'ignored' }>
}

export interface Translation {
  readonly file: DaemonFile
  readonly engine: EngineSettings
  /** In the order of the file. */
  readonly outcomes: readonly KeyOutcome[]
}

/**
 * Says of each key of a `daemon.json` what it is here, whatever the assembly. Throws everything that is wrong with it at
 * once: DAEMON_KEY_UNKNOWN, DAEMON_KEY_VALUE and DAEMON_KEY_REFUSED, each with its place.
 */
export function translate(file: DaemonFile): Translation {
  const problems: CodedError[] = []
  const outcomes: KeyOutcome[] = []
  for (const [name, value] of Object.entries(file.values)) {
    const outcome = outcomeOf(file, name, value)
    if (isCodedErrors(outcome)) problems.push(...outcome)
    else outcomes.push({ key: name, value, outcome })
  }
  throwProblems(file.file, problems)
  const engine = outcomes.reduce<EngineSettings>(
    (all, { outcome }) => (outcome.fate === 'taken' ? { ...all, ...outcome.engine } : all),
    {},
  )
  return { file, engine, outcomes }
}

function outcomeOf(file: DaemonFile, name: string, value: unknown): KeyOutcome['outcome'] | CodedError[] {
  const entry = Object.hasOwn(daemonKeys, name) ? daemonKeys[name] : undefined
  if (entry === undefined) {
    const near = didYouMean(name, Object.keys(daemonKeys))
    const hint = near === undefined ? 'remove it; dockerd would not start with it either' : `did you mean ${near}?`
    const span = file.yaml.spanOf([name], 'key')
    return [codedError('DAEMON_KEY_UNKNOWN', `daemon.json has no key ${name}`, { span, hint })]
  }
  const schema = Type.Object({ [name]: entry.type })
  const faults = checkDocument({ schema, file: file.yaml, value: { [name]: value } })
  if (faults.length > 0) {
    return faults.map(({ message, span, hint }) => codedError('DAEMON_KEY_VALUE', message, { span, hint }))
  }
  const outcome = entry.read(value, file.values)
  if (outcome.fate !== 'refused' && outcome.fate !== 'wrong') return outcome
  const code = outcome.fate === 'refused' ? 'DAEMON_KEY_REFUSED' : 'DAEMON_KEY_VALUE'
  const message = `${name} cannot be ${JSON.stringify(value)}: ${outcome.because}`
  return [codedError(code, message, { span: file.yaml.spanOf([name]), hint: outcome.hint })]
}

function isCodedErrors(outcome: KeyOutcome['outcome'] | CodedError[]): outcome is CodedError[] {
  return Array.isArray(outcome)
}
