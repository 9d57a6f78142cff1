/**
 * JSON as encoding/json of Go writes it. The id of an image is the digest of these bytes, so that every escape counts:
 * `<`, `>`, `&` and the line separators of Unicode are escaped, in what is written and in what is taken over.
 */
const escapes: Readonly<Record<string, string>> = {
  '<': String.raw`\u003c`,
  '>': String.raw`\u003e`,
  '&': String.raw`\u0026`,
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
}
const space = /\s*/y
const plain = /[^\s"]*/y
const escaped = /[<>&\u2028\u2029]/g

/** A text with its quotes. Halves of surrogate pairs become U+FFFD, as when Go reads them. */
export function writeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(escaped, escapeOf)
}

/** An object, its members in the order of their names' bytes. `members` are texts by name. */
export function writeMembers(members: ReadonlyMap<string, string>): string {
  const sorted = [...members].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${sorted.map(([name, text]) => `${writeText(name)}:${text}`).join(',')}}`
}

/** The members of an object as they are written, without the spaces between. `text` must be the JSON of an object. */
export function readMembers(text: string): Map<string, string> {
  const compact = compactJson(text)
  const members = new Map<string, string>()
  for (let at = 1; at < compact.length - 1;) {
    const nameEnd = endOfText(compact, at)
    const end = endOfValue(compact, nameEnd + 1)
    members.set((JSON.parse(compact.slice(at, nameEnd)) as string).toWellFormed(), compact.slice(nameEnd + 1, end))
    at = end + 1
  }
  return members
}

/** The same values without spaces between them. Numbers and texts stay as they are written but for the escapes. */
function compactJson(text: string): string {
  const pieces: string[] = []
  for (let at = 0; at < text.length;) {
    space.lastIndex = at
    const [before = ''] = space.exec(text) ?? []
    at += before.length
    plain.lastIndex = at
    const [piece = ''] = plain.exec(text) ?? []
    const end = piece === '' && at < text.length ? endOfText(text, at) : at + piece.length
    pieces.push(text.slice(at, end).replace(escaped, escapeOf))
    at = end
  }
  return pieces.join('')
}

/** The place behind the text whose opening quote stands at `at`. */
function endOfText(json: string, at: number): number {
  let end = at + 1
  while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1
  return end + 1
}

/** The place behind the value that begins at `at`, in JSON without spaces. */
function endOfValue(json: string, at: number): number {
  let depth = 0
  let end = at
  while (depth > 0 || (json[end] !== ',' && json[end] !== '}')) {
    const character = json[end] ?? ''
    if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    end = character === '"' ? endOfText(json, end) : end + 1
  }
  return end
}

function escapeOf(character: string): string {
  return escapes[character] ?? character
}
