import type { Judged } from './judge.ts'
import type { Command } from './read-commands.ts'

/** The verdict on one command or flag. */
export interface Item {
  readonly command: string
  /** Absent for the command itself. */
  readonly flag?: string
  readonly cases: readonly Judged[]
  readonly verdict: Verdict
}

/** `refused`: dockerd does it, here an error is answered. `absent`: no case. */
export type Verdict = 'same' | 'different' | 'refused' | 'absent'

// Nothing is done by the engine for a flag of a swarm's commands while there is no swarm.
const swarm = /^(config|node|secret|service|stack|swarm)\b/

/** Each command that help tells of and each of its flags, with the cases that speak for it. */
export function tally(commands: readonly Command[], judged: readonly Judged[]): Item[] {
  const items: Item[] = []
  for (const { name, flags, group } of commands) {
    const own = judged.filter((each) => each.command === name)
    const bare = own.filter((each) => each.flags.length === 0)
    if (!group) items.push(itemOf(name, undefined, bare.length > 0 ? bare : own))
    if (swarm.test(name)) continue
    for (const flag of flags) {
      const speaking =
        name === ''
          ? judged.filter((each) =>
              [...each.globalFlags, ...(each.command === '' ? each.flags : [])].includes(flag.name),
            )
          : own.filter((each) => each.flags.includes(flag.name))
      items.push(itemOf(name, flag.name, speaking))
    }
  }
  return items
}

function itemOf(command: string, flag: string | undefined, cases: readonly Judged[]): Item {
  return { command, ...(flag === undefined ? {} : { flag }), cases, verdict: verdictOf(cases) }
}

function verdictOf(cases: readonly Judged[]): Verdict {
  if (cases.length === 0) return 'absent'
  const different = cases.filter((each) => each.differences.length > 0)
  if (different.length === 0) return 'same'
  return different.every(isRefused) ? 'refused' : 'different'
}

/** True when dockerd does what is refused here. */
export function isRefused({ dockerd, moby }: Judged): boolean {
  const ends = (each: Judged['moby']) => [
    each['exitCode'],
    (each['started'] as { exitCode?: unknown } | undefined)?.exitCode ?? 0,
  ]
  return ends(dockerd).every((each) => each === 0) && ends(moby).some((each) => each !== 0)
}
