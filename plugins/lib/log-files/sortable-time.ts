const utcTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/

/** A UTC time with exactly nine digits, which sorts as text; undefined for what is none. */
export function sortableTime(time: string): string | undefined {
  const match = utcTime.exec(time)
  return match === null ? undefined : `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}Z`
}
