import { join } from 'node:path'
import { componentAssembly, type ResponseOf } from '@moby/contracts'
import { connectPeer } from '@moby/contracts/wire'
import { controlSocketOf } from '../../core/kernel/control-server.ts'
import type { EngineProcess } from './engine-process.ts'

export type AssemblyStatus = ResponseOf<typeof componentAssembly, 'status'>

/**
 * What `moby status` asks an engine, for those who look again and again: a process for each look costs a second of a
 * processor. Undefined when there is no answer.
 */
export async function assemblyStatus(engine: EngineProcess): Promise<AssemblyStatus | undefined> {
  const peer = connectPeer({ socketPath: controlSocketOf(join(engine.dataRoot, 'run')) })
  try {
    return await peer.contract(componentAssembly).status({})
  } catch {
    return undefined
  } finally {
    peer.close()
  }
}

/** Status of an entry and what is told of it, in the words of `moby status`; empty without an answer or such an entry. */
export async function memberStatus(engine: EngineProcess, entry: string): Promise<string> {
  const member = (await assemblyStatus(engine))?.members.find(({ name }) => name === entry)
  if (member === undefined) return ''
  const { status, standing, reason, pending } = member
  return [status, [standing, reason, pending].filter((each) => each).join('; ')].join(' ').trimEnd()
}
