import { CodedError } from '../../../../../contracts/sdk/typescript/component.ts'

/** Fails with VOLUME_NAME_INVALID for what could not be, or should not be, the name of a folder. */
export function checkName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return
  throw new CodedError('VOLUME_NAME_INVALID', `${JSON.stringify(name)} is no name of a volume`, {
    hint: 'Use letters, digits, dots, dashes and underscores, beginning with a letter or a digit.',
  })
}

/** The option `mode`, in octal digits. Fails with VOLUME_OPTION_UNKNOWN or VOLUME_OPTION_INVALID. */
export function readMode(options: Readonly<Record<string, string>>): number {
  const unknown = Object.keys(options).find((key) => key !== 'mode')
  if (unknown !== undefined) {
    throw new CodedError('VOLUME_OPTION_UNKNOWN', `there is no option ${JSON.stringify(unknown)}`, {
      hint: 'It can be mode.',
    })
  }
  const { mode = '0755' } = options
  if (/^[0-7]{3,4}$/.test(mode)) return Number.parseInt(mode, 8)
  throw new CodedError('VOLUME_OPTION_INVALID', `mode cannot be ${JSON.stringify(mode)}`, {
    hint: 'Write it in octal digits: 0750.',
  })
}
