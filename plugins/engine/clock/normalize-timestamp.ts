const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:\d\d)$/

/**
 * An RFC 3339 time in the form of `Clock`: UTC, nine digits. Undefined for what is no such time.
 */
export function normalizeTimestamp(text: string): string | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [, date, time, fraction = '', zone] = match
  const milliseconds = Date.parse(`${date}T${time}${zone === 'z' ? 'Z' : zone}`)
  if (Number.isNaN(milliseconds)) return undefined
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`
}
