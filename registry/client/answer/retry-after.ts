/** Milliseconds that a `Retry-After` asks to wait: seconds, or a date. Undefined when it is neither. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // HTTP dates only: Date.parse takes nearly everything.
  if (!/^[A-Z][a-z]{2,8},? \d{1,2}[ -][A-Z][a-z]{2}/.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
