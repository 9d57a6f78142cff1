import type { BuildProgress } from '@moby/contracts'

/** What a user should know of a build that goes on. */
export function warning(text: string): BuildProgress {
  return { stream: `[Warning] ${text}\n`, warning: text }
}
