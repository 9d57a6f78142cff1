import { codedError } from '@moby/contracts'

export interface CommandSources {
  readonly entrypoint?: readonly string[] | undefined
  readonly command?: readonly string[] | undefined
}

/**
 * Entrypoint and command of a container, by Docker's rule: an entrypoint of its own drops the image's command, `[""]`
 * means none and drops it too, `[]` means none and leaves the command. Fails with CONTAINER_SPEC_INVALID when nothing
 * is left to run.
 */
export function mergeCommand(user: CommandSources, image: CommandSources): { entrypoint: string[]; command: string[] } {
  const resets = user.entrypoint?.length === 1 && user.entrypoint[0] === ''
  const entrypoint = resets ? [] : [...(user.entrypoint ?? image.entrypoint ?? [])]
  const ownEntrypoint = user.entrypoint !== undefined && user.entrypoint.length > 0
  const ownCommand = user.command !== undefined && user.command.length > 0
  const command = ownCommand ? [...(user.command ?? [])] : ownEntrypoint ? [] : [...(image.command ?? [])]
  if (entrypoint.length + command.length === 0) {
    throw codedError('CONTAINER_SPEC_INVALID', 'no command specified', {
      hint: 'The image names none either: give a command.',
    })
  }
  return { entrypoint, command }
}
