import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { isCodedError } from '@moby/contracts'
import { errnoOf, openWithin } from '@moby/lib-linux'
import { resolveUser, type ResolvedUser } from '@moby/lib-oci-runtime'
import type { ImageRoot } from '../image/image-root.ts'
import { invalid } from '../image/read-layout.ts'

/** What is to run, where it is not as the image says. */
export interface ProcessWishes {
  readonly command?: readonly string[] | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
}

export interface ContainerProcess {
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  readonly user: ResolvedUser
}

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What runs in a container of an image. Fails with LAUNCH_IMAGE_INVALID. */
export function containerProcess({ folder, config }: ImageRoot, wishes: ProcessWishes): ContainerProcess {
  const args = wishes.command ?? [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]
  if (args.length === 0) {
    throw invalid(`The image in ${folder} names no command, and its component.yaml names none either`)
  }
  const user = userOf(folder, wishes.user ?? config.User ?? '')
  const written = [
    ...(config.Env ?? []),
    ...Object.entries(wishes.environment ?? {}).map(([key, value]) => `${key}=${value}`),
  ]
  // The last of a name counts.
  const variables = new Map([defaultPath, `HOME=${user.home}`, ...written].map((each) => [each.split('=', 1)[0], each]))
  return { args, env: [...variables.values()], cwd: wishes.workingDirectory || config.WorkingDir || '/', user }
}

function userOf(root: string, text: string): ResolvedUser {
  const descriptor = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const read = (path: string) => readInside(descriptor, path)
    return resolveUser(text, [], { passwd: read('etc/passwd'), group: read('etc/group') })
  } catch (error) {
    if (isCodedError(error)) throw invalid(`The user ${text} of the image in ${root}: ${error.message}`, error)
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Links of the image lead nowhere out of it. */
function readInside(root: number, path: string): string {
  try {
    const opened = openWithin(root, path, constants.O_RDONLY | constants.O_NONBLOCK, 'in-root')
    try {
      return readFileSync(opened, 'utf8')
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    if (errnoOf(error) !== undefined) return ''
    throw error
  }
}
