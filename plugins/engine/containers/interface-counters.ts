export interface InterfaceCounters {
  readonly rxBytes: number
  readonly rxPackets: number
  readonly rxErrors: number
  readonly rxDropped: number
  readonly txBytes: number
  readonly txPackets: number
  readonly txErrors: number
  readonly txDropped: number
}

/** Reads /proc/net/dev (proc(5)) without the loopback. */
export function parseInterfaceCounters(text: string): Record<string, InterfaceCounters> {
  const counters: Record<string, InterfaceCounters> = {}
  for (const line of text.split('\n').slice(2)) {
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(at, 0)).trim()
    if (name === '' || name === 'lo') continue
    const values = line
      .slice(at + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    const value = (index: number) => values[index] ?? 0
    counters[name] = {
      rxBytes: value(0),
      rxPackets: value(1),
      rxErrors: value(2),
      rxDropped: value(3),
      txBytes: value(8),
      txPackets: value(9),
      txErrors: value(10),
      txDropped: value(11),
    }
  }
  return counters
}
