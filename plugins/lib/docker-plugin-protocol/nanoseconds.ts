/** Nanoseconds since 1970 of a moment as RFC 3339 in UTC, up to nine digits of a second. */
export function toNanoseconds(time: string): bigint {
  const [, seconds = '', digits = ''] = /^(.*?)(?:\.(\d{1,9}))?Z$/.exec(time) ?? []
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(digits.padEnd(9, '0'))
}

/** The moment as RFC 3339 in UTC with nine digits; what no date can be is the nearest that can. */
export function fromNanoseconds(nanoseconds: bigint): string {
  const billion = 1_000_000_000n
  let seconds = nanoseconds / billion
  let rest = nanoseconds % billion
  if (rest < 0n) {
    seconds -= 1n
    rest += billion
  }
  const head = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return `${head}.${rest.toString().padStart(9, '0')}Z`
}
