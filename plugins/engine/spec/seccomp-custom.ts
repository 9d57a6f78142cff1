import { codedError } from '@moby/contracts'
import { release } from 'node:os'
import type { Seccomp, SeccompRule } from '@moby/lib-oci-runtime'

/** A profile in the form that `docker run --security-opt seccomp=` reads. */
interface WrittenProfile extends Omit<Seccomp, 'syscalls'> {
  readonly archMap?: readonly { architecture: string; subArchitectures?: readonly string[] | null }[]
  readonly syscalls?: readonly WrittenRule[]
}

interface Condition {
  readonly arches?: readonly string[]
  readonly caps?: readonly string[]
  readonly minKernel?: string
}

interface WrittenRule extends Omit<SeccompRule, 'names'> {
  readonly name?: string
  readonly names?: readonly string[]
  readonly includes?: Condition
  readonly excludes?: Condition
  readonly comment?: string
}

const dockerArchitecture: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
const nativeArchitecture: Readonly<Record<string, string>> = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' }

/**
 * Reads a seccomp profile of a user and settles its conditions for this host and these capabilities.
 * Fails with CONTAINER_SPEC_INVALID.
 */
export function readSeccompProfile(json: string, capabilities: readonly string[]): Seccomp {
  const profile = parse(json)
  if (profile.archMap !== undefined && profile.architectures !== undefined) {
    throw invalid("both 'architectures' and 'archMap' are specified")
  }
  const { archMap, syscalls, ...rest } = profile
  const native = nativeArchitecture[process.arch]
  const mapped = archMap?.find((entry) => entry.architecture === native)
  return {
    ...rest,
    ...(mapped === undefined ? {} : { architectures: [mapped.architecture, ...(mapped.subArchitectures ?? [])] }),
    syscalls: (syscalls ?? []).filter((rule) => applies(rule, capabilities)).map(settle),
  }
}

function parse(json: string): WrittenProfile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || !('defaultAction' in value))
    throw invalid('defaultAction is missing')
  return value as WrittenProfile
}

function applies(rule: WrittenRule, capabilities: readonly string[]): boolean {
  const { includes, excludes } = rule
  const arch = dockerArchitecture[process.arch] ?? process.arch
  if (excludes?.arches?.includes(arch) === true) return false
  if (excludes?.caps?.some((capability) => capabilities.includes(capability)) === true) return false
  if (excludes?.minKernel !== undefined && kernelReaches(excludes.minKernel)) return false
  if ((includes?.arches?.length ?? 0) > 0 && includes?.arches?.includes(arch) !== true) return false
  if (includes?.caps?.every((capability) => capabilities.includes(capability)) === false) return false
  return includes?.minKernel === undefined || kernelReaches(includes.minKernel)
}

function settle(rule: WrittenRule): SeccompRule {
  const { name, names, includes: _includes, excludes: _excludes, comment: _comment, ...rest } = rule
  if (name !== undefined && (names?.length ?? 0) > 0) throw invalid("both 'name' and 'names' are specified")
  return { ...rest, names: name === undefined ? [...(names ?? [])] : [name] }
}

function kernelReaches(minimum: string, running = release()): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = minimum.split('.').map(Number)
  const [major = 0, minor = 0] = running.split('.').map((part) => Number.parseInt(part, 10))
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function invalid(why: string, cause?: unknown) {
  return codedError('CONTAINER_SPEC_INVALID', `Decoding seccomp profile failed: ${why}`, { cause })
}
