import { codedError, type CodedError } from '@moby/contracts'

/** A Dockerfile that cannot be read. The words are dockerd's; the line is counted from one. */
export function dockerfileError(line: number, problem: string, hint?: string): CodedError {
  return codedError('DOCKERFILE_INVALID', `dockerfile parse error on line ${line}: ${problem}`, {
    details: { line },
    ...(hint === undefined ? {} : { hint }),
  })
}
