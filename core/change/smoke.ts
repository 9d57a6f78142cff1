import { codedError } from '@moby/contracts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import { withDeadline } from '../lifecycle/deadline.ts'
import { implementationOf, type Member } from '../lifecycle/member.ts'
import type { Running } from '../lifecycle/runner.ts'

/** Milliseconds that one case may take. */
const caseMs = 10_000

/**
 * Holds a new life against those promises of its contracts that can be tried without a trace, before anybody depends on
 * it. Throws SMOKE_FAILED with the case that failed.
 */
export async function smokeTest(member: Member, running: Running): Promise<void> {
  const { runCase, smokeCasesOf } = await import('@moby/contracts/conformance')
  for (const { contract, dynamic = false } of member.provides) {
    if (dynamic) continue
    for (const each of smokeCasesOf(contract)) {
      const subject = { driver: implementationOf(running, contract) as never, fixtures: {} }
      try {
        await withDeadline(runCase(each, subject), caseMs, `The case ${each.id}`)
      } catch (error) {
        throw codedError('SMOKE_FAILED', `${member.title} does not hold what ${contract} promises: ${each.title}`, {
          hint: `see it again: moby conform ${member.folder} --case ${each.id} (${reasonOf(error)})`,
          cause: error,
          details: { case: each.id, entry: member.name, reason: reasonOf(error) },
        })
      }
    }
  }
}
