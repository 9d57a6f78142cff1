import type { CdiEdits, CdiSpec } from './cdi-spec.ts'
import { invalidSpec } from './decode-cdi-spec.ts'

/** Versions of the specification, oldest first. */
const versions = ['0.1.0', '0.2.0', '0.3.0', '0.4.0', '0.5.0', '0.6.0', '0.7.0', '0.8.0', '1.0.0']
const hookNames = new Set(['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'])

/** Holds a spec against the rules of the specification. Fails with CDI_SPEC_INVALID in the words of its library. */
export function checkCdiSpec(spec: CdiSpec): void {
  checkVersion(spec)
  const [vendor = '', className = ''] = /^([^/]+)\/(.+)$/s.exec(spec.kind)?.slice(1) ?? ['', spec.kind]
  checkName('vendor', vendor)
  checkName('class', className)
  checkEdits(spec.containerEdits ?? {})
  const names = new Set<string>()
  for (const { name = '', containerEdits = {} } of spec.devices) {
    const complain = (reason: string) => invalidSpec(`invalid CDI Spec: failed add device "${name}": ${reason}`)
    if (name === '') throw complain('invalid (empty) device name')
    if (!/^[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?$/.test(name)) throw complain(`invalid name "${name}"`)
    if (isEmpty(containerEdits)) throw complain('invalid device, empty device edits')
    checkEdits(containerEdits)
    if (names.has(name)) throw invalidSpec(`invalid CDI Spec: invalid spec, multiple device "${name}"`)
    names.add(name)
  }
  if (names.size === 0) throw invalidSpec('invalid CDI Spec: invalid spec, no devices')
}

/** A spec may use only what its version has. */
function checkVersion(spec: CdiSpec): void {
  if (!versions.includes(spec.cdiVersion)) throw invalidSpec(`invalid CDI Spec: invalid version "${spec.cdiVersion}"`)
  const all = [spec.containerEdits ?? {}, ...spec.devices.map(({ containerEdits = {} }) => containerEdits)]
  const needs = (version: string, isUsed: boolean) => {
    if (!isUsed || versions.indexOf(spec.cdiVersion) >= versions.indexOf(version)) return
    throw invalidSpec(`invalid CDI Spec: the spec version must be at least v${version}`)
  }
  needs(
    '0.7.0',
    all.some(({ intelRdt, additionalGids = [] }) => intelRdt !== undefined || additionalGids.length > 0),
  )
  const annotated = [spec, ...spec.devices].some(({ annotations = {} }) => Object.keys(annotations).length > 0)
  needs('0.6.0', annotated || (spec.kind.split('/')[1] ?? '').includes('.'))
  const numbered = spec.devices.some(({ name }) => /^[0-9]/.test(name))
  needs('0.5.0', numbered || all.some(({ deviceNodes = [] }) => deviceNodes.some((node) => Boolean(node.hostPath))))
  needs(
    '0.4.0',
    all.some(({ mounts = [] }) => mounts.some(({ type = '' }) => type !== '')),
  )
}

function checkName(what: 'vendor' | 'class', name: string): void {
  if (/^[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(name)) return
  throw invalidSpec(`invalid CDI Spec: invalid ${what}. ${name === '' ? 'empty name' : `"${name}"`}`)
}

function checkEdits({ env = [], deviceNodes = [], hooks = [], mounts = [], intelRdt }: CdiEdits): void {
  const complain = (reason: string) => invalidSpec(`invalid CDI Spec: ${reason}`)
  const checkEnvironment = (variables: readonly string[], where: string) => {
    const wrong = variables.find((variable) => variable.indexOf('=') <= 0)
    if (wrong !== undefined) throw complain(`invalid ${where}: invalid environment variable "${wrong}"`)
  }
  checkEnvironment(env, 'container edits')
  for (const { path = '', type = '', permissions = '' } of deviceNodes) {
    if (path === '') throw complain('invalid (empty) device path')
    if (!['', 'b', 'c', 'u', 'p'].includes(type)) throw complain(`device "${path}": invalid type "${type}"`)
    if (!/^[rwm]*$/.test(permissions)) throw complain(`device "${path}": invalid permissions "${permissions}"`)
  }
  for (const { hookName = '', path = '', env: variables = [] } of hooks) {
    if (!hookNames.has(hookName)) throw complain(`invalid hook name "${hookName}"`)
    if (path === '') throw complain(`invalid hook "${hookName}" with empty path`)
    checkEnvironment(variables, `hook "${hookName}"`)
  }
  for (const { hostPath = '', containerPath = '' } of mounts) {
    if (hostPath === '') throw complain('invalid mount, empty host path')
    if (containerPath === '') throw complain('invalid mount, empty container path')
  }
  const closId = String(intelRdt?.['closID'] ?? '')
  if (closId.length >= 4096 || closId === '.' || closId === '..' || /[/\n]/.test(closId))
    throw complain('invalid ClosID')
}

function isEmpty({ env = [], deviceNodes = [], hooks = [], mounts = [], intelRdt, additionalGids = [] }: CdiEdits) {
  return [env, deviceNodes, hooks, mounts, additionalGids].every((list) => list.length === 0) && intelRdt === undefined
}
