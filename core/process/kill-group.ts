import process from 'node:process'

/** Ends every process of a group that a component led. One that is gone is no failure. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}
