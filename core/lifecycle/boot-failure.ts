import { codedError, isCodedError, type CodedError } from '@moby/contracts'
import type { Member } from './member.ts'

/** One error that names every required component that failed and why, and those that had to wait for them. */
export function bootFailure(assembly: string, members: readonly Member[], failed: readonly Member[]): CodedError {
  const [only] = failed
  const waiting = members.filter((member) => member.status === 'waiting' && member.error === undefined)
  const lines = failed.map((member) => `${member.title}: ${reasonOf(member.error)}`)
  const message =
    failed.length === 1
      ? `The assembly ${assembly} did not start, because of ${lines[0]}`
      : `The assembly ${assembly} did not start; ${failed.length} components failed:\n  ${lines.join('\n  ')}`
  const held = waiting.map(({ name }) => name).join(', ')
  const hints = [...new Set(failed.flatMap(({ error }) => (isCodedError(error) ? (error.hint ?? []) : [])))]
  return codedError('BOOT_FAILED', held === '' ? message : `${message}\n  not started for that: ${held}`, {
    hint: hints.length === 0 ? 'moby doctor tells what this host lacks; the log has the details' : hints.join('; '),
    cause: failed.length === 1 ? only?.error : undefined,
    details: {
      failed: failed.map((member) => ({
        name: member.name,
        component: member.locked.use,
        code: isCodedError(member.error) ? member.error.code : 'INTERNAL',
        reason: reasonOf(member.error),
      })),
    },
  })
}

/** A failure in one line; codes help to look it up. */
export function reasonOf(error: unknown): string {
  if (isCodedError(error)) return `${error.message} [${error.code}]`
  return error instanceof Error ? error.message : String(error)
}
