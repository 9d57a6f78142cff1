/** The fields of a line of comma-separated values, where quotes hold commas and doubled quotes stand for one. */
export function csvFields(line: string): string[] {
  if (line === '') return []
  const fields: string[] = []
  const field = /"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/gy
  while (field.lastIndex <= line.length) {
    const found = field.exec(line)
    if (found === null) break
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (!found[0].endsWith(',')) break
  }
  return fields
}
