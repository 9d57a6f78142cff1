const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-](\d\d):(\d\d))$/
/** Digits of a nanosecond: more are cut off. */
const mostDigits = 9

/**
 * A time of RFC 3339 as time.Time of Go reads and writes it: zeros at the end of the fraction go, and so does an offset of
 * nothing. Undefined for what Go would not read.
 */
export function normalizeTime(text: string): string | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', zone, zoneHour, zoneMinute] = form.exec(text) ?? []
  if (zone === undefined) return undefined
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
  const isZone = Number(zoneHour ?? 0) < 24 && Number(zoneMinute ?? 0) < 60
  if (!isTime || !isZone || !isDay(Number(year), Number(month), Number(day))) return undefined
  const digits = fraction.slice(0, mostDigits).replace(/0+$/, '')
  const isUtc = zone === 'Z' || /^[+-]00:00$/.test(zone)
  return `${text.slice(0, 19)}${digits === '' ? '' : `.${digits}`}${isUtc ? 'Z' : zone}`
}

function isDay(year: number, month: number, day: number): boolean {
  // Date.UTC takes years below 100 for those of the last century; leap years come again after 400.
  const date = new Date(Date.UTC(year + 400, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
