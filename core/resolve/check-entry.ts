import { codedError, contractCatalog, type CodedError, type Descriptor } from '@moby/contracts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import semver from 'semver'
import { checkContainer } from './check-container.ts'
import { choiceOf } from './choice.ts'

/** What is wrong between an entry of the manifest and the component that it chose: run mode and driver name. */
export function checkEntry(file: ManifestFile, entry: string, descriptor: Descriptor): CodedError[] {
  return [...checkMode(file, entry, descriptor), ...checkDriver(file, entry, descriptor)]
}

function checkMode(file: ManifestFile, entry: string, descriptor: Descriptor): CodedError[] {
  const { name, modes, entry: module, command } = descriptor
  const written = file.manifest.components[entry]?.mode
  const mode = written ?? 'module'
  const span = file.spanOf(['components', entry, written === undefined ? 'use' : 'mode'])
  if (!modes.includes(mode)) {
    const message = `${entry} is to run in mode ${mode}, but ${name} offers ${modes.join(', ')}`
    return [codedError('COMPONENT_MODE', message, { span, hint: `write mode: ${modes[0]}` })]
  }
  if (mode === 'docker') {
    const message = `${entry} is to run in mode docker; this version of the kernel runs modules, processes and containers`
    return [codedError('NOT_SUPPORTED', message, { span, hint: 'write mode: module, process or container' })]
  }
  if (mode !== 'module') {
    const contracts = [...descriptor.provides, ...(descriptor.requires ?? [])].map(({ contract }) => contract)
    const unknown = contracts.filter((contract) => !contractCatalog.has(contract))
    if (unknown.length > 0) {
      const message = `${entry} is to run in mode ${mode}, but this version of the kernel does not know ${unknown.join(', ')}`
      return [
        codedError('NOT_SUPPORTED', message, { span, hint: 'only contracts of @moby/contracts go over the wire' }),
      ]
    }
    if (mode === 'process' && module === undefined && command === undefined) {
      const message = `${name} offers mode process, but its descriptor names neither command nor entry`
      return [codedError('COMPONENT_MODE', message, { span, hint: 'add to its component.yaml: command: [./program]' })]
    }
    if (mode === 'container') return checkContainer(descriptor, span)
  }
  if (mode === 'module' && module === undefined) {
    const message = `${name} offers mode module, but its descriptor names no entry`
    return [codedError('COMPONENT_MODE', message, { span, hint: 'add to its component.yaml: entry: ./index.ts' })]
  }
  return []
}

function checkDriver(file: ManifestFile, entry: string, descriptor: Descriptor): CodedError[] {
  const driver = file.manifest.components[entry]?.driver
  if (driver === undefined) return []
  const span = file.spanOf(['components', entry, 'driver'])
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(driver)) {
    const hint = 'use small letters, digits, _ . and -'
    return [codedError('DOCUMENT_VALUE', `${driver} cannot be the name of a driver`, { span, hint })]
  }
  if (choiceOf(entry, descriptor, { driver }).provides.some((provided) => provided.driver !== undefined)) return []
  const message = `${entry} names a driver ${driver}, but ${descriptor.name} provides nothing that is selected by name`
  return [codedError('DRIVER_NAME_UNUSED', message, { span, hint: 'leave the key driver out' })]
}

/** Versions and ranges in a descriptor that the solver could not compare. */
export function checkContractVersions(file: ManifestFile, entry: string, descriptor: Descriptor): CodedError[] {
  const span = file.spanOf(['components', entry, 'use'])
  const hint = `report it to the authors of ${descriptor.name}`
  const wrong = [
    ...descriptor.provides
      .filter(({ version }) => semver.valid(version) === null)
      .map(({ contract, version }) => `provides ${contract} in version ${version}`),
    ...(descriptor.requires ?? [])
      .filter(({ range }) => semver.validRange(range) === null)
      .map(({ contract, range }) => `requires ${contract} in ${range}`),
  ]
  return wrong.map((what) =>
    codedError('RANGE_INVALID', `${descriptor.name} ${what}, which is no semantic version`, { span, hint }),
  )
}
