import { isCodedError } from '@moby/contracts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'

/** What is known of the Dockerfile of a build that failed. */
export interface Place {
  readonly filename: string
  readonly dockerfile: string | undefined
  /** Of the step under way; 0 when there is none. */
  readonly line: number
}

/** Lines of the Dockerfile around the one that failed that travel with the status: it is a header. */
const linesAround = 6
const longestLine = 300

/**
 * An error of a build as clients of BuildKit know it: the text alone, without a class before it, and the place in the
 * Dockerfile as a detail that they print with its lines. Sources: errdefs.proto of BuildKit, util/grpcerrors.
 */
export function buildFailure(error: unknown, place: Place): GrpcFailure {
  if (error instanceof GrpcFailure) return error
  const line = lineOf(error) ?? place.line
  const details =
    line > 0 && place.dockerfile !== undefined ? [sourceDetail(place.filename, place.dockerfile, line)] : []
  return new GrpcFailure(grpcCodes.unknown, textOf(error), { details, cause: error })
}

function textOf(error: unknown): string {
  if (!isCodedError(error)) return error instanceof Error ? error.message : String(error)
  const { exitCode, command } = (error.details ?? {}) as { exitCode?: unknown; command?: unknown }
  if (error.code === 'BUILD_STEP_FAILED' && typeof exitCode === 'number' && typeof command === 'string') {
    return `process ${JSON.stringify(command)} did not complete successfully: exit code: ${exitCode}`
  }
  const { message, hint } = error
  if (hint === undefined || message.includes(hint)) return message
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${hint}`
}

function lineOf(error: unknown): number | undefined {
  const line = isCodedError(error) ? (error.details as { line?: unknown } | undefined)?.line : undefined
  return typeof line === 'number' && line > 0 ? line : undefined
}

/** Lines that are far from the place are left empty, so that the numbers of the others stay right. */
function sourceDetail(filename: string, dockerfile: string, line: number) {
  const lines = dockerfile.split('\n').map((text, at) => {
    const isNear = Math.abs(at + 1 - line) <= linesAround
    return isNear ? text.replace(/\r$/, '').slice(0, longestLine) : ''
  })
  const data = Buffer.from(lines.join('\n').trimEnd()).toString('base64')
  const position = { line }
  const source = { info: { filename, data }, ranges: [{ start: position, end: position }] }
  return {
    typeUrl: 'github.com/moby/buildkit/errdefs.Source+json',
    value: Buffer.from(JSON.stringify(source)),
  }
}
