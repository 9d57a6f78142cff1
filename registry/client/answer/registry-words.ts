/** What a registry says about an error, in its own words. */
export interface RegistryWord {
  /** Of the distribution specification: `MANIFEST_UNKNOWN`; empty where there is none. */
  readonly code: string
  readonly message: string
}

const mostWords = 5
const mostCharacters = 300

/** Reads the body of an error: the form of the specification, those of token services, or text. */
export function registryWords(body: Uint8Array | undefined): RegistryWord[] {
  if (body === undefined || body.length === 0) return []
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 65_536)).toString()
  const parsed = parse(text)
  if (!isRecord(parsed)) return text.trimStart().startsWith('<') ? [] : plain(text)
  const errors = parsed['errors']
  if (Array.isArray(errors)) {
    return errors
      .filter(isRecord)
      .slice(0, mostWords)
      .map((each) => ({ code: textOf(each['code']), message: textOf(each['message']) }))
      .filter(({ code, message }) => code !== '' || message !== '')
  }
  for (const key of ['error_description', 'message', 'details', 'error']) {
    if (typeof parsed[key] === 'string') return plain(parsed[key])
  }
  return []
}

/** As part of a message: ` The registry says: MANIFEST_UNKNOWN: manifest unknown`. Empty for none. */
export function quoteWords(words: readonly RegistryWord[]): string {
  const text = words.map(({ code, message }) => [code, message].filter((part) => part !== '').join(': ')).join('; ')
  return text === '' ? '' : ` (the registry says: ${text})`
}

function plain(text: string): RegistryWord[] {
  const message = textOf(text)
  return message === '' ? [] : [{ code: '', message }]
}

/** One line without control characters, cut. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  const line = value
    .slice(0, 4 * mostCharacters)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
