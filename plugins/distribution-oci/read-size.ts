/** A number of bytes of the wire. One that no blob can have becomes NaN, which the client refuses by its name. */
export function readSize(text: string): number {
  const size = Number(text)
  return Number.isSafeInteger(size) && size >= 0 ? size : Number.NaN
}
