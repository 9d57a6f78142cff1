import { invalidRequest } from './api-error.ts'

/** Nanoseconds since 1970. */
export type Moment = bigint

/** Go's zero time: what Docker shows for a moment that has not come. */
export const never = '0001-01-01T00:00:00Z'

const second = 1_000_000_000n

/** Reads RFC 3339 with up to nanoseconds and any offset; undefined for anything else. */
export function readRfc3339(value: string): Moment | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d(?::\d\d(?::\d\d)?)?)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:\d\d)?$/i.exec(value)
  if (parts === null) return undefined
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = parts
  const milliseconds = Date.parse(`${date}T${time}${':00'.repeat((8 - time.length) / 3)}${zone.toUpperCase()}`)
  if (Number.isNaN(milliseconds)) return undefined
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Writes UTC as Go's RFC3339Nano does: without trailing zeros of the fraction. */
export function writeRfc3339(moment: Moment): string {
  const nanoseconds = ((moment % second) + second) % second
  const whole = new Date(Number((moment - nanoseconds) / 1_000_000n)).toISOString().slice(0, 19)
  const fraction = nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`
}

/** UTC with all nine digits, as lines of a log carry it. */
export function writeFixed(moment: Moment): string {
  const nanoseconds = ((moment % second) + second) % second
  return `${writeRfc3339(moment - nanoseconds).slice(0, 19)}.${nanoseconds.toString().padStart(9, '0')}Z`
}

/**
 * Reads what Docker takes as a moment: seconds since 1970 with a fraction, RFC 3339 in whole or in part, or a duration
 * before `now` (`10m`, `1h30m`). Undefined when empty. Fails with API_REQUEST_INVALID.
 */
export function readMoment(value: string, now: Moment = nowMoment()): Moment | undefined {
  if (value === '') return undefined
  const unix = /^(-?\d{1,15})(?:\.(\d{1,9})\d*)?$/.exec(value)
  if (unix !== null) return BigInt(unix[1] ?? '0') * second + BigInt((unix[2] ?? '').padEnd(9, '0'))
  const duration = readDuration(value)
  if (duration !== undefined) return now - duration
  const moment = readRfc3339(value)
  if (moment === undefined) throw invalidRequest(`failed to parse value as time or duration: ${JSON.stringify(value)}`)
  return moment
}

export function nowMoment(): Moment {
  return BigInt(Date.now()) * 1_000_000n
}

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** Go's duration syntax in nanoseconds. */
function readDuration(value: string): bigint | undefined {
  if (!/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of value.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (units[unit] ?? 0)
  }
  if (!Number.isFinite(total) || total > 1e21) return undefined
  return BigInt(Math.round(total)) * (value.startsWith('-') ? -1n : 1n)
}
