import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, codedError, componentAssembly, implement, isCodedError, type Logger } from '@moby/contracts'
import { serveContracts } from '@moby/contracts/wire'
import type { AssemblyChanges } from '../change/assembly-changes.ts'
import { renderError } from '../manifest/render-error.ts'
import type { Supervisor } from '../supervise/supervisor.ts'
import type { CurrentGeneration } from './generation.ts'

/** Where the moby command finds a running engine. */
export function controlSocketOf(runRoot: string): string {
  return join(runRoot, 'moby.sock')
}

export interface ControlParts {
  readonly runRoot: string
  readonly current: CurrentGeneration
  readonly supervisor: Supervisor
  readonly changes: AssemblyChanges
  readonly log: Logger
}

/**
 * Serves the assembly to the moby command. An engine whose run root has too long a path for a socket runs without,
 * and says so in its log.
 */
export async function serveControl(parts: ControlParts): Promise<{ close(): Promise<void> }> {
  const socketPath = controlSocketOf(parts.runRoot)
  const server = serveContracts({
    component: 'moby/kernel',
    version: componentAssembly.version,
    implementations: [{ contract: componentAssembly, implementation: controlOf(parts) }],
  })
  try {
    rmSync(socketPath, { force: true })
    await server.listen(socketPath)
    chmodSync(socketPath, 0o600)
  } catch (error) {
    parts.log.warn('moby status and moby retry cannot reach this engine', { socketPath, reason: String(error) })
    return { close: async () => undefined }
  }
  return {
    close: async () => {
      await server.close(0)
      rmSync(socketPath, { force: true })
    },
  }
}

function controlOf({ current, supervisor, changes }: ControlParts) {
  return implement(componentAssembly, {
    status: async () => {
      const { number, startedWith, members, manifest } = current.value
      const { assembly: name, version } = manifest.manifest
      return plain({
        name,
        version,
        generation: number,
        startedWith,
        change: changes.last,
        members: members.map((member) => member.tell()),
      })
    },
    retry: async ({ name }) => {
      const { members, manifest } = current.value
      const member = members.find((each) => each.name === name)
      if (member === undefined) {
        const hint = `it has ${members.map((each) => each.name).join(', ')}`
        throw codedError('ENTRY_UNKNOWN', `The assembly ${manifest.manifest.assembly} has no entry ${name}`, { hint })
      }
      if (supervisor.retry(member)) return {}
      throw codedError('MEMBER_NOT_AWAY', `${member.title} is ${member.status}; there is nothing to start again`)
    },
    plan: async ({ assembly }) => await told(async () => plain(await changes.plan(assembly))),
    apply: async ({ assembly }) =>
      await told(async () => plain(await changes.apply(assembly, assembly === undefined ? 'reload' : 'apply'))),
    rollback: async ({ to }) => await told(async () => plain(await changes.rollback(to))),
    generations: async () => ({
      current: current.value.number,
      generations: changes.list().map(({ number, at, origin, of, file }) => plain({ number, at, origin, of, file })),
    }),
  })
}

/** What is wrong with a file has a place in it, and may be several things: only a text carries all of that. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isCodedError(error)) throw error
    const { code, message, kind, hint, details } = error
    throw new CodedError(code, message, {
      kind,
      hint,
      cause: error,
      details: { ...details, shown: renderError(error) },
    })
  }
}

/** A value as the wire carries it: keys without a value are not there. */
type Plain<T> = T extends readonly (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { [K in keyof T as undefined extends T[K] ? never : K]: Plain<T[K]> } & {
        [K in keyof T as undefined extends T[K] ? K : never]?: Plain<Exclude<T[K], undefined>>
      }
    : T

function plain<T>(value: T): Plain<T> {
  return JSON.parse(JSON.stringify(value)) as Plain<T>
}
