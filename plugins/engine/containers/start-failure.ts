import { codedError, isCodedError, type CodedError } from '@moby/contracts'

/** Exit code of a container whose start failed before its runtime was asked. */
export const failedBefore = 128

/**
 * Exit code of a container whose start failed, by what the text says: 127 not found, 126 not executable, 128 else.
 * The docker CLI reads the same words for its own exit code, so the text must come through whole.
 */
export function exitCodeOfFailure(message: string): number {
  const text = message.toLowerCase()
  const notFound = ['executable file not found', 'no such file or directory', 'system cannot find the file specified']
  if (notFound.some((words) => text.includes(words))) return 127
  if (['permission denied', 'is a directory', 'exec format error'].some((words) => text.includes(words))) return 126
  return 128
}

/** What an OCI runtime said, without the words in front that name container and process: the client has named them. */
export function runtimeWords(message: string): string {
  const at = message.indexOf('OCI runtime ')
  return at < 0 ? message : message.slice(at)
}

/** The error of a failed start: coded causes pass, what a runtime says is wrapped with all its words. */
export function startFailure(error: unknown): CodedError {
  if (isCodedError(error) && !error.code.startsWith('RUNTIME_') && error.code !== 'HOST_SYSTEM_CALL') return error
  const message = error instanceof Error ? error.message : String(error)
  const isUsers = exitCodeOfFailure(message) !== 128
  const words = runtimeWords(message)
  const told = words === message ? message : `failed to create shim task: ${words}`
  return codedError('CONTAINER_START_FAILED', `failed to create task for container: ${told}`, {
    cause: error,
    // A program that is not there is the caller's mistake, not a defect of the engine.
    ...(isUsers ? { kind: 'invalid' as const } : {}),
  })
}
