import type { MemberFacts } from '../lifecycle/member.ts'
import type { ChangeStep } from './plan.ts'

/** An entry in both forms, with what is to be done. */
export interface Draft {
  readonly step: ChangeStep
  readonly from: MemberFacts | undefined
  readonly to: MemberFacts | undefined
}

/** The same left for the next start. */
export function defer({ step: { overlap: _overlap, ...step }, from, to }: Draft, because: string): Draft {
  return { step: { ...step, action: 'wait', because }, from, to }
}
