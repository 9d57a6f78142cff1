import { codedError } from '@moby/contracts'
import type { DaemonFile } from './daemon-file.ts'

/**
 * What stands on the command line may not stand in the file too, as for dockerd: nobody could tell which was meant.
 * `flags` has the keys of the file by option, and what was given. Throws DAEMON_KEY_CONFLICT.
 */
export function refuseConflicts(
  { file, values, yaml }: DaemonFile,
  flags: readonly { readonly option: string; readonly keys: readonly string[]; readonly given: string | undefined }[],
): void {
  const conflicts = flags.flatMap(({ option, keys, given }) =>
    given === undefined ? [] : keys.filter((key) => Object.hasOwn(values, key)).map((key) => ({ option, key, given })),
  )
  const [first] = conflicts
  if (first === undefined) return
  const told = conflicts.map(
    ({ key, given }) => `${key}: (from flag: ${given}, from file: ${JSON.stringify(values[key])})`,
  )
  throw codedError(
    'DAEMON_KEY_CONFLICT',
    `the following directives are specified both as a flag and in the configuration file: ${told.join(', ')}`,
    {
      span: yaml.spanOf([first.key], 'key'),
      hint: `leave --${first.option} out, or remove ${first.key} of ${file}`,
    },
  )
}
