/** Docker's [height, width], which only a terminal has. */
export function consoleSize(
  given: readonly number[] | undefined,
  terminal: boolean | undefined,
): { consoleSize?: { height: number; width: number } } {
  const [height = 0, width = 0] = given ?? []
  return terminal === true && height > 0 && width > 0 ? { consoleSize: { height, width } } : {}
}
