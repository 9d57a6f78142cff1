import { errnoOf } from '@moby/lib-linux'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { CdiDevice, CdiSpec } from './cdi-spec.ts'
import { checkCdiSpec } from './check-cdi-spec.ts'
import { decodeCdiSpec, invalidSpec } from './decode-cdi-spec.ts'

/** A device with the spec that tells of it. */
export interface KnownDevice {
  readonly spec: CdiSpec
  readonly device: CdiDevice
}

export interface CdiSpecs {
  /** By qualified name, `vendor/class=name`. */
  readonly devices: ReadonlyMap<string, KnownDevice>
  /** What is wrong with which file. */
  readonly faults: readonly { readonly file: string; readonly reason: string }[]
}

interface Found extends KnownDevice {
  readonly file: string
  /** Place of its folder among those of the configuration. */
  readonly priority: number
}

/**
 * Reads all specs in these folders, JSON and YAML, as they are now. A device of a later folder counts before one of the
 * same name in an earlier; of two in one folder neither does. A file that cannot be read is told and keeps no other
 * from being read. A folder that is not there has none.
 */
export function readCdiSpecs(folders: readonly string[]): CdiSpecs {
  const faults: { file: string; reason: string }[] = []
  const devices = new Map<string, Found>()
  const conflicts = new Set<string>()
  for (const [priority, folder] of folders.entries()) {
    for (const file of specFiles(folder, faults)) {
      let spec: CdiSpec
      try {
        spec = readSpec(file)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        faults.push({ file, reason: `failed to load CDI Spec ${reason}` })
        continue
      }
      for (const device of spec.devices) {
        const name = `${spec.kind}=${device.name}`
        const other = devices.get(name)
        if (other?.priority === priority) {
          conflicts.add(name)
          const reason = `conflicting device "${name}" (specs "${file}", "${other.file}")`
          faults.push({ file, reason }, { file: other.file, reason })
        } else {
          devices.set(name, { spec, device, file, priority })
          conflicts.delete(name)
        }
      }
    }
  }
  for (const name of conflicts) devices.delete(name)
  return { devices, faults }
}

function specFiles(folder: string, faults: { file: string; reason: string }[]): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /\.(json|yaml)$/.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .sort()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ENOENT') {
      faults.push({ file: folder, reason: String(error) })
    }
    return []
  }
}

/** JSON is YAML, too, but for its own parser a faster and stricter one. */
function readSpec(file: string): CdiSpec {
  const text = readFileSync(file, 'utf8')
  let document: unknown
  try {
    document = file.endsWith('.json') ? JSON.parse(text) : parse(text, { logLevel: 'error' })
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw invalidSpec(`failed to parse CDI Spec "${file}": ${reason}`)
  }
  const spec = decodeCdiSpec(document)
  checkCdiSpec(spec)
  return spec
}
