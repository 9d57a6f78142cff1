/** Words apart by spaces; what stands in single quotes is kept together, as in a shell. */
export function splitWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? []
  return words.map((each) => each.replaceAll("'", ''))
}
