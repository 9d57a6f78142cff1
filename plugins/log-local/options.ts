import { codedError } from '@moby/contracts'
import { readBoolean, readCount, readDelivery, readSize, type Rotation } from '@moby/lib-log-files'

export interface LogDefaults {
  readonly maxSize?: string | undefined
  readonly maxFile?: number | undefined
  readonly compress?: boolean | undefined
}

const known = ['max-size', 'max-file', 'compress']
const defaultSize = 20 * 1024 * 1024
const defaultFiles = 5

/** Reads `--log-opt` as dockerd does. Errors: LOG_OPTION_INVALID. Source of the words: moby daemon/logger/local. */
export function readOptions(given: Readonly<Record<string, string>>, defaults: LogDefaults = {}): Rotation {
  const options = readDelivery(given)
  const stranger = Object.keys(options).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw invalid(`unknown log opt '${stranger}' for log driver local`, `Known options: ${known.join(', ')}.`)
  }
  const size = options['max-size'] ?? defaults.maxSize
  const maxSize = size === undefined ? defaultSize : readMaxSize(size)
  const maxFile = readMaxFile(options['max-file'] ?? String(defaults.maxFile ?? defaultFiles))
  const compress = readCompress(options['compress'] ?? String(defaults.compress ?? true))
  if (compress && maxFile <= 1) {
    throw invalid('compression cannot be enabled when max file count is 1', 'Add the log option compress=false.')
  }
  return { maxSize, maxFile, compress }
}

function readMaxSize(text: string): number {
  let bytes: number
  try {
    bytes = readSize(text)
  } catch (error) {
    const { message } = error as RangeError
    throw invalid(`invalid value for max-size: ${text}: ${message}`, 'Write a number and k, m or g: 10m.')
  }
  // dockerd takes 0 and begins a file with each line.
  if (bytes < 1) throw invalid('max size should be a positive number', 'Leave out max-size for 20 MiB.')
  return bytes
}

function readMaxFile(text: string): number {
  const count = readCount(text)
  if (count === undefined) {
    throw invalid(
      `invalid value for max-file: ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
      'Write a number: 5.',
    )
  }
  if (count < 0) throw invalid('max file count cannot be less than 0')
  return count
}

function readCompress(text: string): boolean {
  const compress = readBoolean(text)
  if (compress !== undefined) return compress
  throw invalid(
    `error reading compress log option: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
    'Write true or false.',
  )
}

function invalid(message: string, hint?: string): Error {
  return codedError('LOG_OPTION_INVALID', message, { hint })
}
