import type { ExecutionConfig } from 'oci-spec-ts'

/** A list of strings as Go writes it with %q: `["sh" "-c"]`. */
export function quoteList(words: readonly string[]): string {
  return `[${words.map(quote).join(' ')}]`
}

export function quote(text: string): string {
  return JSON.stringify(text)
}

/** A list as Go writes it with %v: `[/a /b]`. */
export function plainList(words: readonly string[]): string {
  return `[${words.join(' ')}]`
}

/** Nanoseconds as Go writes a duration: `1m30s`. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  if (nanoseconds < 1e3) return `${nanoseconds}ns`
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`
  const seconds = nanoseconds / 1e9
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const rest = Number((seconds % 60).toFixed(9))
  if (hours > 0) return `${hours}h${minutes}m${rest}s`
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`
}

/** A check as dockerd writes it into the history. */
export function formatHealthcheck(check: NonNullable<ExecutionConfig['Healthcheck']>): string {
  const durations = [check.Interval, check.Timeout, check.StartPeriod, check.StartInterval]
  const times = durations.map((each) => quote(goDuration(each ?? 0)))
  return `&{${quoteList(check.Test ?? [])} ${times.join(' ')} ${goCharacter(check.Retries ?? 0)}}`
}

/** A small number as Go writes it with %q: as the character of that code. */
function goCharacter(code: number): string {
  const names: Readonly<Record<number, string>> = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' }
  if (names[code] !== undefined) return `'\\${names[code]}'`
  return code < 32 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${String.fromCodePoint(code)}'`
}
