import { codedError } from '@moby/contracts'

const units = ['', 'k', 'm', 'g', 't', 'p']

/** `10m` is ten million bytes. Throws a RangeError with dockerd's words. Source: docker/go-units FromHumanSize. */
export function readSize(text: string): number {
  const [, number = '', suffix = ''] = /^(.*[\d. ])(.*)$/s.exec(text) ?? []
  if (number === '') throw new RangeError(`invalid size: '${text}'`)
  const digits = number.endsWith(' ') ? number.slice(0, -1) : number
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits)) {
    throw new RangeError(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`)
  }
  if (digits.startsWith('-') && Number(digits) !== 0) throw new RangeError(`invalid size: '${text}'`)
  const unit = /^(?:([kmgtp])(?:i?b)?|b)?$/.exec(suffix.toLowerCase())
  if (unit === null) throw new RangeError(`invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`)
  return Math.floor(Number(digits) * 1000 ** units.indexOf(unit[1] ?? ''))
}

/** Undefined for what is no number of a few digits. */
export function readCount(text: string): number | undefined {
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Undefined for what Go reads neither as true nor as false. */
export function readBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  return undefined
}

/**
 * Takes the options of every driver, how records are delivered, and answers the others. Errors: LOG_OPTION_INVALID, also
 * for the mode in which records are dropped rather than waited for.
 */
export function readDelivery(options: Readonly<Record<string, string>>): Record<string, string> {
  const { mode = '', 'max-buffer-size': size, ...others } = options
  if (mode !== '' && mode !== 'blocking') {
    throw codedError('LOG_OPTION_INVALID', `logger: logging mode not supported: ${mode}`, {
      hint: 'Leave out the option mode.',
    })
  }
  if (size !== undefined) {
    throw codedError(
      'LOG_OPTION_INVALID',
      "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
      { hint: 'Leave out the option max-buffer-size.' },
    )
  }
  return others
}
