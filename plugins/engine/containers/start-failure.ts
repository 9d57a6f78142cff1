import { codedError, isCodedError, type CodedError } from '@moby/contracts'

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

/** The error of a failed start: coded causes pass, what a runtime says is wrapped with all its words. */
export function startFailure(error: unknown): CodedError {
  if (isCodedError(error) && !error.code.startsWith('RUNTIME_') && error.code !== 'HOST_SYSTEM_CALL') return error
  const message = error instanceof Error ? error.message : String(error)
  const isUsers = exitCodeOfFailure(message) !== 128
  return codedError('CONTAINER_START_FAILED', `failed to create task for container: ${message}`, {
    cause: error,
    // A program that is not there is the caller's mistake, not a defect of the engine.
    ...(isUsers ? { kind: 'invalid' as const } : {}),
  })
}
