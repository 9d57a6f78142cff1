import { codedError } from '@moby/contracts'

/** What is mounted as the files of a volume. */
export interface VolumeMount {
  readonly type: string
  readonly device: string
  /** As in fstab, without `addr`, which file systems of the network take as it is. */
  readonly options: readonly string[]
}

const known = new Set(['type', 'device', 'o'])

/**
 * Reads the options of the local driver, those of mount(8): `type`, `device`, `o`. Undefined for a volume that is a
 * plain folder. Errors: VOLUME_OPTION_UNKNOWN,
 * VOLUME_OPTION_INVALID.
 */
export function readVolumeOptions(options: Readonly<Record<string, string>>): VolumeMount | undefined {
  const stranger = Object.keys(options).find((key) => !known.has(key))
  if (stranger !== undefined) {
    throw codedError('VOLUME_OPTION_UNKNOWN', `invalid option: "${stranger}"`, {
      hint: 'The local driver takes type, device and o.',
    })
  }
  if (Object.keys(options).length === 0) return undefined
  const { type = '', device = '', o = '' } = options
  if (device === '') throw missing('device')
  if (type === '' && !isBind(o)) throw missing('type')
  const list = o.split(',').filter((each) => each !== '')
  return { type: isBind(o) ? 'bind' : type, device, options: list }
}

function isBind(o: string): boolean {
  return o.split(',').some((each) => each === 'bind' || each === 'rbind')
}

function missing(option: string): Error {
  return codedError('VOLUME_OPTION_INVALID', `missing required option: "${option}"`, {
    hint: 'A volume that is mounted needs type and device, as mount(8) does; a bind needs device alone.',
  })
}
