import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  codedError,
  componentAssembly,
  implement,
  type AssemblyFacts,
  type AssemblyMember,
  type Logger,
} from '@moby/contracts'
import { serveContracts } from '@moby/contracts/wire'
import type { Member } from '../lifecycle/member.ts'
import type { Supervisor } from '../supervise/supervisor.ts'

/** Where the moby command finds a running engine. */
export function controlSocketOf(runRoot: string): string {
  return join(runRoot, 'moby.sock')
}

export interface ControlParts {
  readonly runRoot: string
  readonly facts: AssemblyFacts
  readonly members: readonly Member[]
  readonly supervisor: Supervisor
  readonly log: Logger
}

/**
 * Serves the assembly to the moby command. An engine whose run root has too long a path for a socket runs without,
 * and says so in its log.
 */
export async function serveControl(parts: ControlParts): Promise<{ close(): Promise<void> }> {
  const { runRoot, facts, members, supervisor, log } = parts
  const socketPath = controlSocketOf(runRoot)
  const implementation = implement(componentAssembly, {
    status: async () => ({
      name: facts.name,
      version: facts.version,
      members: facts.members().map(tellOf),
    }),
    retry: async ({ name }) => {
      const member = members.find((each) => each.name === name)
      if (member === undefined) {
        const hint = `it has ${members.map((each) => each.name).join(', ')}`
        throw codedError('ENTRY_UNKNOWN', `The assembly ${facts.name} has no entry ${name}`, { hint })
      }
      if (supervisor.retry(member)) return {}
      throw codedError('MEMBER_NOT_AWAY', `${member.title} is ${member.status}; there is nothing to start again`)
    },
  })
  const server = serveContracts({
    component: 'moby/kernel',
    version: componentAssembly.version,
    implementations: [{ contract: componentAssembly, implementation }],
  })
  try {
    rmSync(socketPath, { force: true })
    await server.listen(socketPath)
    chmodSync(socketPath, 0o600)
  } catch (error) {
    log.warn('moby status and moby retry cannot reach this engine', { socketPath, reason: String(error) })
    return { close: async () => undefined }
  }
  return {
    close: async () => {
      await server.close(0)
      rmSync(socketPath, { force: true })
    },
  }
}

/** Without the keys that have no value, which the wire would leave out as well. */
function tellOf({ reason, startMs, provides, ...member }: AssemblyMember) {
  return {
    ...member,
    ...(reason === undefined ? {} : { reason }),
    ...(startMs === undefined ? {} : { startMs }),
    provides: provides.map(({ contract, version, driver }) =>
      driver === undefined ? { contract, version } : { contract, version, driver },
    ),
  }
}
