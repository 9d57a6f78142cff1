import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, isCodedError, type CodedError, type ErrorCode } from '@moby/contracts'

/** A shim adds the word of an unknown kind to every message of its runtime. */
const suffix = /: unknown$/

/** It has ended and not been deleted yet. */
const finished = /process already finished/

/** Shim and runtime say without a code of their own what a state forbids: cannot start a running process. */
const wrongState =
  /cannot [\w ]+ (created|running|paused|stopped|deleted) (process|container|state)|container (is )?not (running|paused)/

const codes: Readonly<Record<string, ErrorCode>> = {
  RPC_NOT_FOUND: 'RUNTIME_TASK_NOT_FOUND',
  RPC_ALREADY_EXISTS: 'RUNTIME_TASK_EXISTS',
  RPC_PRECONDITION: 'RUNTIME_TASK_STATE',
  RPC_CONNECTION_LOST: 'RUNTIME_SHIM_LOST',
  RPC_UNIMPLEMENTED: 'NOT_SUPPORTED',
}

/**
 * The error of a call to the shim in the codes of the contract. The runtime's own text is kept whole, for
 * callers read causes such as `executable file not found in $PATH` from it.
 */
export function runtimeFailure(error: unknown, what: string, fallback: ErrorCode = 'RUNTIME_FAILED'): CodedError {
  if (isCodedError(error) && !error.code.startsWith('RPC_')) return error
  const text = (error instanceof Error ? error.message : String(error)).replace(suffix, '')
  const known = isCodedError(error) ? codes[error.code] : undefined
  const code = known === 'RUNTIME_TASK_NOT_FOUND' && finished.test(text) ? 'RUNTIME_TASK_STATE' : known
  return codedError(code ?? (wrongState.test(text) ? 'RUNTIME_TASK_STATE' : fallback), `${what}: ${text}`, {
    cause: error,
  })
}

/** The last error that the runtime logged for a bundle: the real cause when the shim could not read it. */
export function lastRuntimeError(bundle: string): string | undefined {
  try {
    const errors = readFileSync(join(bundle, 'log.json'), 'utf8')
      .split('\n')
      .map(parseEntry)
      .filter((entry) => entry.level === 'error' && typeof entry.msg === 'string')
    return errors.at(-1)?.msg?.trim()
  } catch {
    return undefined
  }
}

function parseEntry(line: string): { level?: string; msg?: string } {
  try {
    return JSON.parse(line) as { level?: string; msg?: string }
  } catch {
    return {}
  }
}
