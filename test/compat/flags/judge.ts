import { differences, type Difference } from '../compare.ts'
import type { Observed } from './observe-case.ts'
import type { Reason } from './reasons.ts'

/** A case with what both engines answered. */
export interface Compared {
  /** The line as it is told, without `docker`. */
  readonly line: string
  readonly command: string
  /** Flags that it speaks for; none: for the command. */
  readonly flags: readonly string[]
  readonly globalFlags: readonly string[]
  readonly dockerd: Observed
  readonly moby: Observed
}

export interface Judged extends Compared {
  readonly differences: readonly (Difference & { readonly reason?: Reason })[]
}

/** Finds what differs in a case, and why. */
export function judge(compared: Compared, reasons: readonly Reason[]): Judged {
  const found = differences(compared.dockerd, compared.moby).map((each) => {
    const reason = reasons.find(({ of, at }) => of.test(compared.line) && at.test(each.path))
    return reason === undefined ? each : { ...each, reason }
  })
  return { ...compared, differences: found }
}
