import type { ContainerSpec } from '@moby/contracts'
import { resolveUser, type UserDatabase } from '@moby/lib-oci-runtime'
import { chooseCapabilities } from './capabilities.ts'
import { completeEnvironment } from './environment.ts'
import { toRlimits } from './limits.ts'
import type { Process } from './oci.ts'
import { readSecurityOptions } from './security-options.ts'

export interface ProcessFacts {
  readonly spec: ContainerSpec
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly workingDir: string
  readonly user: string
  readonly hostname: string
  /** Variables that tell of linked containers. */
  readonly linked?: readonly string[]
  readonly terminal: boolean
  readonly consoleSize?: { readonly height: number; readonly width: number } | undefined
  readonly privileged: boolean
  readonly hostCapabilities: readonly string[]
  readonly database: UserDatabase
}

/**
 * The process of a container or an exec. Only root holds its capabilities at once; another user has them as a
 * bound alone, as after execve(2). Inheritable and ambient sets stay empty (CVE-2022-24769).
 */
export function buildProcess(facts: ProcessFacts): Process {
  const { spec, terminal, consoleSize } = facts
  const user = resolveUser(facts.user, spec.groupAdd ?? [], facts.database)
  const bounding = chooseCapabilities({ ...spec, privileged: facts.privileged }, facts.hostCapabilities)
  const rlimits = toRlimits(spec.ulimits)
  return {
    terminal,
    ...(terminal && consoleSize !== undefined && consoleSize.height > 0 ? { consoleSize } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: facts.args,
    env: completeEnvironment(facts.env, {
      hostname: facts.hostname,
      terminal,
      home: user.home,
      linked: facts.linked,
    }),
    cwd: facts.workingDir === '' ? '/' : facts.workingDir,
    capabilities: user.uid === 0 ? { bounding, effective: bounding, permitted: bounding } : { bounding },
    ...(rlimits.length === 0 ? {} : { rlimits }),
    noNewPrivileges: readSecurityOptions(spec.securityOptions ?? []).noNewPrivileges,
    oomScoreAdj: spec.oomScoreAdj ?? 0,
  }
}
