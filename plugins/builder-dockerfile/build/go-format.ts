import type { ExecutionConfig } from 'oci-spec-ts'

/** A list of strings as Go writes it with %q: `["sh" "-c"]`. */
export function quoteList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(' ')}]`
}

/** A list as Go writes it with %v: `[/a /b]`. */
export function plainList(words: readonly string[]): string {
  return `[${words.join(' ')}]`
}

/** Nanoseconds as Go writes a duration: `1m30s`. */
function goDuration(nanoseconds: number): string {
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

/** A check as dockerd writes it into the history, with %v. */
export function formatHealthcheck(check: NonNullable<ExecutionConfig['Healthcheck']>): string {
  const durations = [check.Interval, check.Timeout, check.StartPeriod, check.StartInterval]
  const times = durations.map((each) => goDuration(each ?? 0))
  return `&{${plainList(check.Test ?? [])} ${times.join(' ')} ${check.Retries ?? 0}}`
}
