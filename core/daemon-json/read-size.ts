const units = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 } as const

/** Bytes of a size as Docker writes it, `64M` or `1.5GiB`; a unit is a power of 1024. Undefined for what is none. */
export function readSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text)
  if (match === null) return undefined
  const [, number = '', unit = ''] = match
  return Math.floor(Number(number) * 1024 ** units[unit.toLowerCase() as keyof typeof units])
}
