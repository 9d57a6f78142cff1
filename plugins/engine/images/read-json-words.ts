/** `["a", "b"]`, or undefined for any other text. */
export function readJsonWords(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(rest)
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? (value as string[]) : undefined
  } catch {
    return undefined
  }
}
