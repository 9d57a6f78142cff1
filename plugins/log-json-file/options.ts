import { codedError } from '@moby/contracts'
import { readBoolean, readCount, readDelivery, readSize, type Rotation } from '@moby/lib-log-files'

/** What the log options say, checked. */
export interface LogOptions extends Rotation {
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

/** Reads `--log-opt` as dockerd does. Errors: LOG_OPTION_INVALID. */
export function readOptions(given: Readonly<Record<string, string>>, defaults: LogDefaults = {}): LogOptions {
  const options = readDelivery(given)
  const stranger = Object.keys(options).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw invalid(`unknown log opt '${stranger}' for json-file log driver`, `Known options: ${known.join(', ')}.`)
  }
  const size = options['max-size'] ?? defaults.maxSize
  const maxSize = size === undefined ? undefined : readMaxSize(size)
  const maxFile = readMaxFile(options['max-file'] ?? String(defaults.maxFile ?? 1))
  const compress = readCompress(options['compress'] ?? 'false')
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

function readMaxSize(text: string): number {
  let bytes: number
  try {
    bytes = readSize(text)
  } catch (error) {
    throw invalid((error as RangeError).message, 'Write a number and k, m or g: 10m.')
  }
  if (bytes <= 0) throw invalid('max-size must be a positive number')
  return bytes
}

function readMaxFile(text: string): number {
  const count = readCount(text)
  if (count === undefined) throw invalid(`max-file is not a number: '${text}'`)
  if (count < 1) throw invalid('max-file cannot be less than 1')
  return count
}

function readCompress(text: string): boolean {
  const compress = readBoolean(text)
  if (compress === undefined) throw invalid(`compress is neither true nor false: '${text}'`)
  return compress
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
