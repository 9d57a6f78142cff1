import { codedError, type CodedError, type Provision } from '@moby/contracts'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { throwProblems } from '../manifest/problems.ts'
import { schemaAt, type SchemaNode } from '../manifest/schema-walk.ts'
import type { Setting, Taker } from './daemon-key.ts'
import type { KeyOutcome, Translation } from './translate.ts'

/** A component of the assembly with its configuration, before that is frozen. */
export interface ConfiguredComponent {
  readonly name: string
  readonly provides: readonly Provision[]
  readonly schema: SchemaNode
  readonly config: Record<string, unknown>
}

/** A value that a key has put into the configuration of an entry. */
export interface AppliedSetting {
  readonly key: string
  readonly entry: string
  readonly path: readonly string[]
  readonly value: unknown
  /** What the manifest, or the default, had there. */
  readonly before: unknown
}

/**
 * Puts what a `daemon.json` says into the configurations of the components; it wins over the manifest. Throws every
 * DAEMON_KEY_UNTAKEN and DAEMON_KEY_VALUE at once.
 */
export function applyDaemonFile(
  { file, outcomes }: Translation,
  components: readonly ConfiguredComponent[],
): readonly AppliedSetting[] {
  const problems: CodedError[] = []
  const applied: AppliedSetting[] = []
  for (const { key, outcome } of outcomes) {
    for (const setting of settingsOf(outcome)) {
      const component = takerOf(setting, components)
      const span = file.yaml.spanOf([key])
      if (component === undefined) {
        const message = `No component of the assembly takes ${key}: ${nameOf(setting)}`
        problems.push(codedError('DAEMON_KEY_UNTAKEN', message, { span, hint: remedyFor(setting, key) }))
        continue
      }
      const before = exchange(component.config, setting)
      const fault = faultOf(component)
      if (fault === undefined)
        applied.push({ key, entry: component.name, path: setting.path, value: setting.value, before })
      else {
        const message = `${key}: ${component.name} does not take it: ${fault}`
        problems.push(codedError('DAEMON_KEY_VALUE', message, { span, hint: 'change the value, or leave the key out' }))
        exchange(component.config, { ...setting, value: before })
      }
    }
  }
  throwProblems(file.file, problems)
  return applied
}

function settingsOf(outcome: KeyOutcome['outcome']): readonly Setting[] {
  return outcome.fate === 'taken' ? (outcome.settings ?? []) : []
}

function takerOf(
  { taker, path }: Setting,
  components: readonly ConfiguredComponent[],
): ConfiguredComponent | undefined {
  const takers = components.filter(
    (component) => provides(component, taker) && schemaAt(component.schema, path) !== undefined,
  )
  return takers.length === 1 ? takers[0] : undefined
}

function provides({ provides: all }: ConfiguredComponent, { contract, driver }: Taker): boolean {
  if (contract === undefined) return true
  return all.some((each) => each.contract === contract && (driver === undefined || each.driver === driver))
}

function nameOf({ taker: { contract, driver }, path }: Setting): string {
  const what = `the configuration key ${path.join('.')}`
  if (contract === undefined) return `exactly one must have ${what}`
  return `it would be ${what} of the one that provides ${contract}${driver === undefined ? '' : ` as ${driver}`}`
}

function remedyFor({ taker: { contract, driver } }: Setting, key: string): string {
  if (contract !== 'runtime') return `remove ${key}, or add such a component to the manifest`
  return `add it to the manifest: runtime-${driver}: { use: moby/runtime-shim, driver: ${driver} }`
}

/** Puts a value into a configuration and answers the one that was there; undefined takes the key away. */
function exchange(config: Record<string, unknown>, { path, value }: Setting): unknown {
  let node = config
  for (const step of path.slice(0, -1)) {
    const next = node[step]
    node = (typeof next === 'object' && next !== null ? next : (node[step] = {})) as Record<string, unknown>
  }
  const last = path.at(-1) ?? ''
  const before = node[last]
  if (value === undefined) delete node[last]
  else node[last] = structuredClone(value)
  return before
}

function faultOf({ schema, config }: ConfiguredComponent): string | undefined {
  const type = schema as unknown as TSchema
  if (Check(type, config)) return undefined
  const [fault] = Errors(type, config)
  return `${fault?.instancePath.slice(1).replaceAll('/', '.') ?? ''} ${fault?.message ?? 'it cannot be'}`.trim()
}
