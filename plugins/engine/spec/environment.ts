export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Lays lists of `NAME=value` over each other: later ones win in the place of the earlier one,
 * and a bare `NAME` takes the variable away.
 */
export function mergeEnvironment(...lists: readonly (readonly string[])[]): string[] {
  const merged = new Map<string, string>()
  for (const entry of lists.flat()) {
    const at = entry.indexOf('=')
    if (at < 0) merged.delete(entry)
    else merged.set(entry.slice(0, at), entry)
  }
  return [...merged.values()]
}

/** The variables that a container is told to have: its own as they were given, then those of the image that it does not name. */
export function containerEnvironment(own: readonly string[], image: readonly string[]): string[] {
  const named = new Set(own.map(nameOf))
  return [...own, ...image.filter((entry) => !named.has(nameOf(entry)))]
}

function nameOf(entry: string): string {
  const at = entry.indexOf('=')
  return at < 0 ? entry : entry.slice(0, at)
}

export interface EnvironmentFacts {
  readonly hostname: string
  readonly terminal: boolean
  readonly home: string
  /** Of containers that this one links to. */
  readonly linked?: readonly string[] | undefined
}

/** What the process really gets: PATH, HOSTNAME, TERM and HOME beside what image and user say, which win. */
export function completeEnvironment(given: readonly string[], facts: EnvironmentFacts): string[] {
  const defaults = [
    defaultPath,
    `HOSTNAME=${facts.hostname}`,
    ...(facts.terminal ? ['TERM=xterm'] : []),
    ...(facts.linked ?? []),
  ]
  const merged = mergeEnvironment(defaults, given)
  return merged.some((entry) => entry.startsWith('HOME=')) ? merged : [...merged, `HOME=${facts.home}`]
}
