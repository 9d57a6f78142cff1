import { codedError } from '@moby/contracts'

/** What the log options say, checked. */
export interface LogOptions {
  /** Bytes from which the file is rotated; undefined for never. */
  readonly maxSize: number | undefined
  /** Files that are kept, the current one counted. */
  readonly maxFile: number
  readonly compress: boolean
  readonly labels: readonly string[]
  readonly labelsRegex: RegExp | undefined
  readonly env: readonly string[]
  readonly envRegex: RegExp | undefined
  readonly tag: string | undefined
}

export interface LogDefaults {
  readonly maxSize?: string | undefined
  readonly maxFile?: number | undefined
}

const known = ['max-size', 'max-file', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag', 'mode']

const units = ['', 'k', 'm', 'g', 't', 'p']

/** Reads `--log-opt` as dockerd does. Errors: LOG_OPTION_INVALID. */
export function readOptions(options: Readonly<Record<string, string>>, defaults: LogDefaults = {}): LogOptions {
  const stranger = Object.keys(options).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw invalid(`unknown log opt '${stranger}' for json-file log driver`, `Known options: ${known.join(', ')}.`)
  }
  const mode = options['mode'] ?? 'blocking'
  if (mode !== 'blocking') throw invalid(`logger: logging mode not supported: ${mode}`, 'Leave out the option mode.')
  const size = options['max-size'] ?? defaults.maxSize
  const maxSize = size === undefined ? undefined : readSize(size)
  const maxFile = readCount(options['max-file'] ?? String(defaults.maxFile ?? 1))
  const compress = readBoolean(options['compress'] ?? 'false')
  if (compress && (maxFile < 2 || maxSize === undefined)) {
    throw invalid('compress cannot be true when max-file is less than 2 or max-size is not set')
  }
  return {
    maxSize,
    maxFile,
    compress,
    labels: readList(options['labels']),
    labelsRegex: readRegex('labels-regex', options['labels-regex']),
    env: readList(options['env']),
    envRegex: readRegex('env-regex', options['env-regex']),
    tag: options['tag'] === '' ? undefined : options['tag'],
  }
}

/** `10m` is ten million bytes, as for dockerd. */
function readSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(text)
  if (match === null) throw invalid(`invalid size: '${text}'`, 'Write a number and k, m or g: 10m.')
  const bytes = Math.floor(Number(match[1]) * 1000 ** units.indexOf((match[2] ?? '').toLowerCase()))
  if (bytes <= 0) throw invalid('max-size must be a positive number')
  return bytes
}

function readCount(text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) throw invalid(`max-file is not a number: '${text}'`)
  const count = Number(text)
  if (count < 1) throw invalid('max-file cannot be less than 1')
  return count
}

function readBoolean(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw invalid(`compress is neither true nor false: '${text}'`)
}

function readList(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((part) => part !== '')
}

function readRegex(name: string, text: string | undefined): RegExp | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    throw invalid(`${name} is no regular expression: '${text}'`, undefined, error)
  }
}

function invalid(message: string, hint?: string, cause?: unknown): Error {
  return codedError('LOG_OPTION_INVALID', message, { hint, cause })
}
