/** `Range` for a part; nothing for the whole. */
export function rangeHeader(from: number, to: number, size: number): Record<string, string> {
  if (from === 0 && to === size) return {}
  return { range: `bytes=${from}-${to === size ? '' : to - 1}` }
}
