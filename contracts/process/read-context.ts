import { readFileSync } from 'node:fs'
import { contextVariable, ProcessContext } from '../component/process-context.ts'
import { codedError } from '../errors/index.ts'
import { readMessage } from '../wire/message.ts'

/** Levels that a configuration may be nested. */
const depth = 64

/** What the kernel told this process at its start. Fails with PROCESS_CONTEXT_INVALID. */
export function readProcessContext(environment: Readonly<Record<string, string | undefined>>): ProcessContext {
  const path = environment[contextVariable]
  if (path === undefined) {
    throw codedError('PROCESS_CONTEXT_INVALID', `${contextVariable} is not set`, {
      hint: 'a component in mode process is started by an engine, or by `moby conform`',
    })
  }
  try {
    return readMessage(ProcessContext, readFileSync(path), depth, 'WIRE_REQUEST_INVALID', path) as ProcessContext
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('PROCESS_CONTEXT_INVALID', `The context of this process cannot be read: ${why}`, { cause })
  }
}
